"""The resident's telephone: reads a QR code from a picture of the screen and pays by it."""

import re
from pathlib import Path

import cv2
import requests

TIMEOUT_S = 10.0


def read_qr(screenshot: Path) -> str | None:
    """Return what the QR code in this picture says; None when none can be read."""
    picture = cv2.imread(str(screenshot))
    if picture is None:
        return None
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
    return text or None


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
