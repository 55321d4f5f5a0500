"""Fingers from a script: pixel coordinates that enter through Kivy's own input pipeline.

No handler is called: a MotionEvent begins and ends where a person's finger would, the window
finds out what lies there.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from kivy.input.motionevent import MotionEvent
from kivy.input.provider import MotionEventProvider


class ScriptedFinger(MotionEvent):  # type: ignore[misc]  # Kivy has no types
    """One touch with a position."""

    def depack(self, args: Any) -> None:
        """Take over the position, 0..1 from the bottom left."""
        self.is_touch = True
        self.type_id = "touch"
        self.profile = ["pos"]
        self.sx, self.sy = args
        super().depack(args)


class ScriptedTouches(MotionEventProvider):  # type: ignore[misc]  # Kivy has no types
    """An input device that is fed from any thread with pixels from the top left corner."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__("scripted", "")
        self._width, self._height = width, height
        self._waiting: deque[tuple[str, float, float]] = deque()
        self._finger: ScriptedFinger | None = None
        self._count = 0

    def tap(self, x: float, y: float) -> None:
        """Put a finger down and lift it again; safe from any thread."""
        self._waiting.append(("begin", x, y))
        self._waiting.append(("end", x, y))

    def press(self, x: float, y: float) -> None:
        """Put a finger down and leave it there until ``lift``; safe from any thread."""
        self._waiting.append(("begin", x, y))

    def lift(self, x: float, y: float) -> None:
        """Lift the finger that ``press`` put down; safe from any thread."""
        self._waiting.append(("end", x, y))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Put a finger down, move it, lift it; safe from any thread."""
        self._waiting.append(("begin", *start))
        self._waiting.append(("update", *end))
        self._waiting.append(("end", *end))

    @property
    def idle(self) -> bool:
        """Say whether every movement has reached Kivy."""
        return not self._waiting and self._finger is None

    def update(self, dispatch_fn: Callable[[str, MotionEvent], None]) -> None:
        """Hand one movement a frame to Kivy, so that a press is seen before it ends."""
        if not self._waiting:
            return
        kind, x, y = self._waiting.popleft()
        at = (x / self._width, 1 - y / self._height)
        if kind == "begin":
            self._count += 1
            self._finger = ScriptedFinger(self.device, self._count, at)
        if self._finger is None:
            return
        if kind != "begin":
            self._finger.move(at)
        if kind == "end":
            self._finger.update_time_end()
        dispatch_fn(kind, self._finger)
        if kind == "end":
            self._finger = None
