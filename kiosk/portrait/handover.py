"""What another worker must be told when one is lost: the references, the try, frames to decide by.

Personal data: ``forget`` drops it. Nothing here is locked; who shares it between threads does so.
"""

from collections.abc import Iterable

from kiosk.portrait.capture import CaptureState
from kiosk.portrait.messages import (
    BeginCapture,
    Judged,
    KeepFrame,
    Request,
    SetReferences,
    SubmitFrame,
)


class Handover:
    """What the kiosk knows of the visit, as requests. Without ``holds_frames`` it keeps none."""

    def __init__(self, *, holds_frames: bool) -> None:
        self.references: SetReferences | None = None
        self.capture = 0
        self.capturing = False
        self.held: dict[int, SubmitFrame] = {}
        self._holds_frames = holds_frames
        self._enough = False

    def begin_capture(self) -> BeginCapture:
        """Start a try under a number of its own."""
        self.end_capture()
        self.capture += 1
        self.capturing = True
        return BeginCapture(self.capture)

    def end_capture(self) -> None:
        """End the try and forget its frames."""
        self.capturing, self.held, self._enough = False, {}, False

    def forget(self) -> None:
        """Drop everything personal."""
        self.end_capture()
        self.references = None

    def withhold_pictures(self) -> None:
        """Have the references told without their pictures: those may be what kills each worker."""
        if self.references is not None:
            told = self.references
            self.references = SetReferences(
                None if told.chip is None else b"",
                None if told.record is None else b"",
                told.chip_authenticated,
                None if told.case is None else b"",
            )

    def hold(self, request: Request, judged: Judged) -> None:
        """Hold the frames that the decision will be made from, to repeat it when it is lost.

        The resident may have been told to relax by then. Moves of the head cannot be held: where
        they are asked for, the capture is repeated.
        """
        if not self._holds_frames:
            return
        frames = self.held
        if isinstance(request, SubmitFrame):
            frames = frames | {request.number: request}
        self.held = {number: frames[number] for number in judged.kept if number in frames}
        self._enough = judged.state is CaptureState.ENOUGH

    def requests(self, waiting: Iterable[Request]) -> list[Request]:
        """Return what to tell a new worker, without what waits to be told anyway."""
        kinds = [type(request) for request in waiting]
        told: list[Request] = []
        if self.references is not None and SetReferences not in kinds:
            told.append(self.references)
        if self.capturing and BeginCapture not in kinds:
            told.append(BeginCapture(self.capture))
        return told

    def enough_frames(self) -> list[KeepFrame]:
        """Return the frames to decide from, none when there were not enough yet."""
        held = self.held.values() if self._enough else ()
        return [KeepFrame(frame.width, frame.height, frame.number, frame.pixels) for frame in held]
