"""The resident's telephone: reads a QR code from a picture of the screen and pays by it."""

import re
from pathlib import Path

import cv2
import requests

TIMEOUT_S = 10.0
_SIZES = (1.0, 2.0, 0.5, 0.75, 1.5)


def read_qr(screenshot: Path) -> str | None:
    """Return what the QR code in this picture says; None when none can be read."""
    picture = cv2.imread(str(screenshot))
    if picture is None:
        return None
    detector = cv2.QRCodeDetector()
    for size in _SIZES:
        # The detector misses some codes at one size and reads them at another.
        way = cv2.INTER_AREA if size < 1 else cv2.INTER_CUBIC
        text, _, _ = detector.detectAndDecode(
            cv2.resize(picture, None, fx=size, fy=size, interpolation=way)
        )
        if text:
            return str(text)
    return None


def pay(url: str) -> None:
    """Open the payment page as a telephone's browser does and press its button.

    Raises requests.RequestException when the page does not take the payment.
    """
    with requests.Session() as browser:
        page = browser.get(url, timeout=TIMEOUT_S)
        page.raise_for_status()
        fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
        answer = browser.post(url, data=fields, headers={"Referer": url}, timeout=TIMEOUT_S)
        answer.raise_for_status()
