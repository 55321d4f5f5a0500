"""Waiting until a frame is drawn, without holding up the program's other threads.

Kivy's own ``glFinish`` keeps Python's lock while it waits. Without a GPU that is 25 ms of every
frame, in which neither the camera nor the portrait worker is served.
"""

import ctypes
import os
from collections.abc import Callable

_LIBRARIES = ("libGLESv2.so.2", "libGL.so.1")


def frame_waiter() -> Callable[[], object]:
    """Return what waits for the drawing; for the window's thread, once there is a window.

    It is called in the library that the window has loaded; where that is another, by Kivy.
    """
    for name in _LIBRARIES:
        try:
            library = ctypes.CDLL(name, mode=os.RTLD_NOLOAD | os.RTLD_LAZY)
            finish = library.glFinish
        except (OSError, AttributeError):
            continue
        finish.argtypes, finish.restype = [], None
        return finish
    from kivy.graphics.opengl import glFinish

    kivys: Callable[[], object] = glFinish
    return kivys
