"""How large the display is, so that a portrait screen of 1080x1920 fits a desk's monitor."""

import ctypes
import os

USUAL = (1920, 1080)
"""Assumed where no X server can be asked."""
_MARGIN = 90  # of the desktop's bars and the window's own


def display_size() -> tuple[int, int]:
    """Return width and height of the display in pixels."""
    if not os.environ.get("DISPLAY"):
        return USUAL
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return USUAL
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return USUAL
    of = ctypes.c_void_p(display)
    try:
        return int(x11.XDisplayWidth(of, 0)), int(x11.XDisplayHeight(of, 0))
    finally:
        x11.XCloseDisplay(of)


def fitting_scale(screen: tuple[int, int], display: tuple[int, int], dock_width: int) -> float:
    """Return how much smaller the kiosk's screen must be drawn beside a dock; at most 1."""
    across = (display[0] - dock_width) / screen[0]
    down = (display[1] - _MARGIN) / screen[1]
    return max(0.2, min(1.0, across, down))
