"""Pictures that nobody compares."""

import io

from PIL import Image


def jpeg(shade: int = 128) -> bytes:
    """Return a small real JPEG; no face is needed where nobody compares it."""
    stream = io.BytesIO()
    Image.new("RGB", (48, 64), (shade, shade // 2, 90)).save(stream, "JPEG")
    return stream.getvalue()
