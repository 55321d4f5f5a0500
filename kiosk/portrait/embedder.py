"""Embedding the kept frames piece by piece, so that guidance stays fluid meanwhile. No I/O."""

from kiosk.portrait.capture import Candidate
from kiosk.portrait.engines import Embedding
from kiosk.portrait.fusion import Matcher, Template


class Embedder:
    """Computes the kept frames' numbers, one engine on one frame a step."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._names = list(matcher.engines)
        self._steps_done = 0
        self._numbers: dict[int, dict[str, Embedding]] = {}

    def step(self, kept: list[Candidate]) -> bool:
        """Do the next piece of work; False when there is none."""
        index, engine = divmod(self._steps_done, len(self._names))
        if index >= len(kept):
            return False
        self._steps_done += 1
        name, face = self._names[engine], kept[index].assessment.face
        numbers = (
            None if face is None else self._matcher.engines[name].embed(kept[index].image, face)
        )
        if numbers is not None:
            self._numbers.setdefault(index, {})[name] = numbers
        return True

    def templates(self) -> list[Template]:
        """Return the numbers of the frames that every engine has seen."""
        return [n for n in self._numbers.values() if len(n) == len(self._names)]
