"""Who else is in the picture: faces that could be mistaken for the resident's. Pure."""

from kiosk.portrait.faces import Face
from kiosk.portrait.limits import PortraitLimits


def rivals(faces: list[Face], limits: PortraitLimits) -> int:
    """Count the faces beside the first (the largest) that are nearly as near as it.

    Far ones do not count, and a child in arms does not: clearly smaller, and lower than the
    resident's eyes.
    """
    return sum(_is_rival(faces[0], other, limits) for other in faces[1:]) if faces else 0


def _is_rival(main: Face, other: Face, limits: PortraitLimits) -> bool:
    if other.area <= main.area * limits.other_face_min_ratio:
        return False
    eyes_y = float(main.landmarks[:2, 1].mean())
    lower = other.y + other.height / 2 > eyes_y + main.height / 4
    child = lower and other.area <= main.area * limits.child_face_max_ratio
    return not child
