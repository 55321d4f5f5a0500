"""Capture and comparison through the matcher; what staff may need is kept beside the visit."""

from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.protocols import PortraitMatcher
from kiosk.runtime.reply import Handler, Reply
from kiosk.session.effects import CompareCapture, Effect, ForgetPerson, StartCapture
from kiosk.session.events import Captured, CaptureFailed, Compared


class PortraitHandlers:
    """Carries out StartCapture, CompareCapture and ForgetPerson."""

    def __init__(self, matcher: PortraitMatcher, materials: MaterialsByVisit) -> None:
        self._matcher = matcher
        self._materials = materials

    def handlers(self) -> dict[type[Effect], Handler]:
        """Return which effect goes where."""
        return {
            StartCapture: self.capture,
            CompareCapture: self.compare,
            ForgetPerson: self.forget,
        }

    def capture(self, effect: StartCapture, reply: Reply) -> None:
        """Watch the camera until enough good frames are there."""
        if not self._materials.with_matcher(effect.ref.visit_id, lambda: True):
            return  # the resident has left, and the camera may see the next one
        end = self._matcher.capture(effect.attempt, reply.cancelled)
        if end.captured:
            reply.send(Captured(effect.ref))
        else:
            reply.send(CaptureFailed(effect.ref, camera_lost=end.camera_lost))

    def compare(self, effect: CompareCapture, reply: Reply) -> None:
        """Compare, and keep the live portrait for a person to look at."""
        match = self._matcher.compare(effect.attempt)
        self._materials.of(effect.ref.visit_id).keep_match(effect.attempt, match)
        reply.send(Compared(effect.ref, match.comparison))

    def forget(self, effect: ForgetPerson, reply: Reply) -> None:
        """Forget everything that was kept of this visit's person."""
        self._materials.forget(effect.ref.visit_id, self._matcher.forget)
