"""Finding the face of a live picture at a fraction of the cost while nothing changes.

A search of the whole picture takes three times as long as a close-up where the face just was.
Only a search sees who else is there, and only its landmarks are fit for comparison.
"""

from dataclasses import dataclass, replace

from kiosk.portrait.faces import Face, FaceDetector, Image

_SEARCH_EVERY = 3


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """The faces of one picture, largest first, and the close-up of the first.

    ``searched`` says whether the whole picture was searched.
    """

    faces: list[Face]
    close_up: Face | None
    searched: bool


class FaceTracker:
    """Looks at one picture after another."""

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector
        self._last: Sighting | None = None
        self._since_search = 0

    def look(self, image: Image) -> Sighting:
        """Return the faces of the next picture."""
        last = self._last
        self._since_search += 1
        followed: Face | None = None
        if last is not None and last.close_up is not None and self._since_search < _SEARCH_EVERY:
            followed = self._detector.follow(image, last.close_up)
        if last is None or followed is None:
            self._since_search = 0
            self._last = search(image, self._detector)
        else:
            # The score of the whole search is the one that limits were set for.
            kept = replace(followed, score=last.faces[0].score)
            self._last = Sighting([kept, *last.faces[1:]], kept, searched=False)
        return self._last


def search(image: Image, detector: FaceDetector) -> Sighting:
    """Search the whole picture and look closely at the largest face."""
    faces = detector.find(image)
    return Sighting(faces, detector.refine(image, faces[0]) if faces else None, searched=True)
