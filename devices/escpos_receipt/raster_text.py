"""Says what a raster on a receipt shows: text, a rule, a QR code, or some other picture.

It has only the dots: text is found by looking cells up in the bundled font, a QR code by
OpenCV's detector.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.glyphs import CELL_DOTS, UNKNOWN_CELL, read_row

_RULE_TEXT = "-" * 48
# Sizes and weights in the order they are tried: a smaller size that covers all the ink rules the
# larger ones out, and large text is mostly bold. Each one takes a second to make ready.
_STYLES = ((1, False), (1, True), (2, True), (2, False), (3, True), (3, False))
_TOO_STRANGE = 0.9  # share of cells that are no common character
_MAKES_SENSE = 0.5
_QR_ZOOM = 3
_QUIET_DOTS = 24

Dots = NDArray[np.bool_]


def describe_raster(dots: Dots) -> str:
    """Return the text of a raster, ``[QR text]``, a row of dashes, or ``[picture WxH]``."""
    inked = np.flatnonzero(dots.any(axis=1))
    if len(inked) == 0:
        return ""
    if dots[inked].all():
        return _RULE_TEXT
    text = _read_text(dots, int(inked[0]), int(inked[-1]))
    if text is not None:
        return text
    code = read_qr(dots)
    return f"[QR {code}]" if code else f"[picture {dots.shape[1]}x{dots.shape[0]}]"


def _read_text(dots: Dots, first: int, last: int) -> str | None:
    """Try every size, weight and position of one text row; None when no reading is whole."""
    best: tuple[float, Dots, int, bool] = (_TOO_STRANGE, dots, 1, False)
    for scale, bold in _STYLES:
        height = CELL_DOTS * scale
        for top in range(max(0, last + 1 - height), min(first, dots.shape[0] - height) + 1):
            row = np.ascontiguousarray(dots[top : top + height])
            text = read_row(row, scale=scale, bold=bold, with_rare=False)
            strange = text.count(UNKNOWN_CELL) / max(1, len(text.replace(" ", "")))
            if text and not strange:
                return text
            best = min(best, (strange, row, scale, bold), key=lambda reading: reading[0])
        if best[0] < _MAKES_SENSE:
            break
    share, row, scale, bold = best
    if share >= _TOO_STRANGE:
        return None
    # Looking at rare hanzi takes long: only where the common ones already make some sense.
    text = read_row(row, scale=scale, bold=bold)
    return text if UNKNOWN_CELL not in text else None


def read_qr(dots: Dots) -> str:
    """Read the QR code in these dots, "" when there is none that can be read."""
    quiet = np.pad(dots, _QUIET_DOTS)
    grey = np.where(quiet, 0, 255).astype(np.uint8)
    zoomed = np.kron(grey, np.ones((_QR_ZOOM, _QR_ZOOM), np.uint8))
    text, _points, _code = cv2.QRCodeDetector().detectAndDecode(zoomed)
    return str(text)
