"""Where the eyes are in a picture, for people who compare two side by side. Pure."""

from kiosk.portrait.faces import Face, Image, portrait_box
from kiosk.portrait.results import Eyes


def eyes_in(face: Face, image: Image) -> Eyes | None:
    """Return the eyes as fractions of the picture; None when one lies outside it."""
    height, width = image.shape[:2]
    return _eyes(face, 0.0, 0.0, float(width), float(height))


def eyes_in_portrait(face: Face, image: Image) -> Eyes | None:
    """Return the eyes as fractions of what ``portrait_crop`` cuts out of the picture."""
    left, top, width, height = portrait_box(image, face)
    return _eyes(face, left, top, width, height)


def _eyes(face: Face, left: float, top: float, width: float, height: float) -> Eyes | None:
    parts = [
        float((face.landmarks[eye][axis] - start) / span)
        for eye in (0, 1)
        for axis, start, span in ((0, left, width), (1, top, height))
    ]
    return Eyes(*parts) if all(0.0 <= part <= 1.0 for part in parts) else None
