"""Embedding the kept frames piece by piece, so that guidance stays fluid meanwhile. No I/O.

A slow engine looks at each frame in one way only, another way each frame: the mean over the
frames has them all, at a fraction of the time.
"""

from collections.abc import Iterator

from kiosk.portrait.capture import Candidate
from kiosk.portrait.engines import Engine, Look
from kiosk.portrait.fusion import Matcher, Template
from kiosk.portrait.likeness import Embedding

Piece = tuple[int, str, Look]


class Embedder:
    """Computes the kept frames' numbers, one look of one engine at one frame a step."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._frames = 0
        self._pieces: Iterator[Piece] = iter(())
        self._seen: dict[int, dict[str, list[Embedding]]] = {}

    def step(self, kept: list[Candidate]) -> bool:
        """Do the next piece of work; False when there is none."""
        piece = next(self._pieces, None)
        if piece is None:
            if self._frames >= len(kept):
                return False
            self._pieces = self._work(self._frames)
            self._frames += 1
            return self.step(kept)
        frame, name, look = piece
        face = kept[frame].assessment.face
        if face is not None:
            numbers = self._matcher.engines[name].look(kept[frame].image, face, look)
            if numbers is not None:
                self._seen.setdefault(frame, {}).setdefault(name, []).append(numbers)
        return True

    def templates(self) -> list[Template]:
        """Return the numbers of the frames that every engine has seen."""
        engines = self._matcher.engines
        return [
            {name: engines[name].join(looks) for name, looks in seen.items()}
            for seen in self._seen.values()
            if len(seen) == len(engines)
        ]

    def _work(self, frame: int) -> Iterator[Piece]:
        for name, engine in self._matcher.engines.items():
            for look in _looks_at(engine, frame):
                yield frame, name, look


def _looks_at(engine: Engine, frame: int) -> tuple[Look, ...]:
    if engine.slot.input is not None and engine.slot.input.looks_in_turn:
        return (engine.looks[frame % len(engine.looks)],)
    return engine.looks
