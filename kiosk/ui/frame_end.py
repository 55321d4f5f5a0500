"""The end of a frame: the drawing is begun at once, and waited for without Python's lock.

What is told to GL is drawn when it must be, by the display's turn or by a wait. Without a display
nothing turns: all of a frame would be drawn only while the next one waits for it. Kivy's own
``glFinish`` keeps Python's lock while it waits; without a GPU that is 25 ms of every frame, in
which neither the camera nor the portrait worker is served.
"""

import ctypes
import os
from collections.abc import Callable
from typing import NamedTuple

_LIBRARIES = ("libGLESv2.so.2", "libGL.so.1")


class FrameEnd(NamedTuple):
    """What ends a frame; both are for the window's thread."""

    begin: Callable[[], object]
    """Have it drawn what was told; returns at once."""
    wait: Callable[[], object]
    """Return when all of it is drawn."""


def frame_end() -> FrameEnd:
    """Return how frames end, once there is a window.

    It is called in the library that the window has loaded; where that is another, by Kivy.
    """
    for name in _LIBRARIES:
        try:
            library = ctypes.CDLL(name, mode=os.RTLD_NOLOAD | os.RTLD_LAZY)
            functions = library.glFlush, library.glFinish
        except (OSError, AttributeError):
            continue
        for function in functions:
            function.argtypes, function.restype = [], None
        return FrameEnd(*functions)
    from kivy.graphics.opengl import glFinish, glFlush

    return FrameEnd(glFlush, glFinish)
