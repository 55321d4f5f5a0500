"""The reference pictures of a visit, looked at once: chip, record, and a case's own.

They are looked at in pieces, none of which takes long: a worker that is asked for one and does
not answer hangs. Personal data: what holds them drops them at the end of the visit.
"""

from collections.abc import Generator, Iterator, Mapping

from kiosk.portrait.encoded import decode_image
from kiosk.portrait.eyes import eyes_in
from kiosk.portrait.fusion import Models, Template
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.messages import SetReferences
from kiosk.portrait.quality import assess_reference
from kiosk.portrait.results import ReferenceReport, ReferenceState
from kiosk.values import Reference

Looked = tuple[ReferenceReport, Template | None]


class References:
    """The pictures that a live portrait must hold against; complete when no step is left."""

    def __init__(self, models: Models, limits: PortraitLimits, request: SetReferences) -> None:
        self.chip_authenticated = request.chip_authenticated
        self.templates: dict[Reference, Template] = {}
        self.states: dict[Reference, ReferenceState] = {}
        self.reports: list[ReferenceReport] = []
        pictures = {Reference.CHIP: request.chip, Reference.RECORD: request.record}
        if request.case is not None:
            pictures[Reference.CASE] = request.case
        self._pieces = self._look(models, limits, pictures)

    def step(self) -> bool:
        """Decode a picture, or find and judge its face, or embed it; False when all is done."""
        return next(self._pieces, None) is not None

    def _look(
        self, models: Models, limits: PortraitLimits, pictures: Mapping[Reference, bytes | None]
    ) -> Iterator[Reference]:
        """Yield after each piece the reference that it was of."""
        for reference, data in pictures.items():
            report, template = yield from _look_at(models, limits, reference, data)
            self.states[reference] = report.state
            self.reports.append(report)
            if template is not None:
                self.templates[reference] = template
            yield reference


def _look_at(
    models: Models, limits: PortraitLimits, reference: Reference, data: bytes | None
) -> Generator[Reference, None, Looked]:
    if data is None:
        return ReferenceReport(reference, ReferenceState.ABSENT), None
    image = decode_image(data)
    if image is None:
        return ReferenceReport(reference, ReferenceState.UNREADABLE), None
    yield reference
    face = models.detector.find_main(image)
    if face is None:
        return ReferenceReport(reference, ReferenceState.NO_FACE), None
    measures = assess_reference(image, face, limits)
    good = all(measure.ok for measure in measures)
    state = ReferenceState.USABLE if good else ReferenceState.POOR
    eyes = eyes_in(models.detector.refine(image, face), image)
    yield reference
    template = models.matcher.embed(image, face)
    if template is None:
        return ReferenceReport(reference, ReferenceState.NO_FACE), None
    return ReferenceReport(reference, state, measures, eyes), template
