"""The reference pictures of a visit, looked at once: chip and record.

Personal data: what holds them drops them at the end of the visit.
"""

from kiosk.portrait.encoded import decode_image
from kiosk.portrait.eyes import eyes_in
from kiosk.portrait.fusion import Models, Template
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.messages import SetReferences
from kiosk.portrait.quality import assess_reference
from kiosk.portrait.results import Eyes, ReferenceReport, ReferenceState
from kiosk.values import Measure, Reference


class References:
    """The pictures that a live portrait must hold against, looked at once a visit."""

    def __init__(self, models: Models, limits: PortraitLimits, request: SetReferences) -> None:
        self.chip_authenticated = request.chip_authenticated
        self.templates: dict[Reference, Template] = {}
        self.states: dict[Reference, ReferenceState] = {}
        self.reports: list[ReferenceReport] = []
        pictures = {Reference.CHIP: request.chip, Reference.RECORD: request.record}
        for reference, data in pictures.items():
            state, measures, template, eyes = _look_at(models, limits, data)
            self.states[reference] = state
            self.reports.append(ReferenceReport(reference, state, measures, eyes))
            if template is not None:
                self.templates[reference] = template


def _look_at(
    models: Models, limits: PortraitLimits, data: bytes | None
) -> tuple[ReferenceState, tuple[Measure, ...], Template | None, Eyes | None]:
    if data is None:
        return ReferenceState.ABSENT, (), None, None
    image = decode_image(data)
    if image is None:
        return ReferenceState.UNREADABLE, (), None, None
    face = models.detector.find_main(image)
    template = None if face is None else models.matcher.embed(image, face)
    if face is None or template is None:
        return ReferenceState.NO_FACE, (), None, None
    measures = assess_reference(image, face, limits)
    good = all(measure.ok for measure in measures)
    state = ReferenceState.USABLE if good else ReferenceState.POOR
    return state, measures, template, eyes_in(models.detector.refine(image, face), image)
