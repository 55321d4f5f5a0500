"""What the screen looks at: the camera's newest frame, and the guidance that fits it."""

from devices.interfaces import Camera
from kiosk.app.portrait_link import PortraitLink
from kiosk.ui.sources import Guidance
from kiosk.values import Frame


class CameraFrames:
    """The camera's frames as the kiosk's own value."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera

    def latest(self) -> Frame | None:
        """Return the newest frame without waiting, None when there is none."""
        frame = self._camera.latest()
        if frame is None:
            return None
        return Frame(frame.image, frame.captured_at, frame.number)


class LinkGuidance:
    """The worker's guidance in the screen's terms."""

    def __init__(self, link: PortraitLink, frames: CameraFrames) -> None:
        self._link = link
        self._frames = frames

    def latest(self) -> Guidance:
        """Return the newest guidance without waiting."""
        update, frame = self._link.guidance(), self._frames.latest()
        if update is None:
            return Guidance()
        if update.face is None or frame is None:
            return Guidance(update.hint, update.progress, lamp=update.lamp, move=update.move)
        height, width = frame.image.shape[:2]
        box = update.face
        face = (
            round(box.x * width),
            round(box.y * height),
            round(box.width * width),
            round(box.height * height),
        )
        return Guidance(update.hint, update.progress, face, update.lamp, update.move)
