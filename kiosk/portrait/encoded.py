"""Encoded pictures: which are taken, and their decoding, no larger than a look at them needs.

Whatever is taken is decoded in less than 0.3 s of the processor (docs/performance.md), so that
a worker that takes much longer hangs.
"""

from io import BytesIO

import cv2
import numpy as np

from kiosk.portrait.faces import Image
from kiosk.portrait.picture_size import (
    JP2_CODESTREAM,
    JP2_FILE,
    JPEG,
    PNG,
    PictureSize,
    picture_size,
)

MAX_ENCODED_BYTES = 8 * 1024 * 1024
MAX_IMAGE_SIDE_PX = 6000
MAX_IMAGE_PIXELS = 24_000_000
MAX_IMAGE_CHANNELS = 4
_ENOUGH_SIDE_PX = 1280
"""What is larger is halved until it is not: faces are found at 640, a live frame has 1280."""
_ENOUGH_JPEG_2000_BYTES = 1024 * 1024
"""The same for JPEG 2000, which takes 0.13 s for each megabyte; a half has about a quarter."""
_HEADER_SEARCH_BYTES = 512
_JPEG_2000 = (JP2_FILE, JP2_CODESTREAM)
_SIGNATURES = (*_JPEG_2000, JPEG, PNG)
_HALVED = (
    cv2.IMREAD_COLOR,
    cv2.IMREAD_REDUCED_COLOR_2,
    cv2.IMREAD_REDUCED_COLOR_4,
    cv2.IMREAD_REDUCED_COLOR_8,
)


def strip_facial_header(data: bytes) -> bytes:
    """Return the picture inside an ISO/IEC 19794-5 record; a bare picture comes back as it is."""
    starts = [at for sign in _SIGNATURES if (at := data.find(sign, 0, _HEADER_SEARCH_BYTES)) >= 0]
    return data[min(starts) :] if starts else data


def decode_image(data: bytes) -> Image | None:
    """Decode JPEG, JPEG 2000 or PNG bytes to BGR; None for anything broken or oversized.

    Nothing is unpacked that its header says is too large. A large picture comes back as a half, a
    quarter or an eighth of its width and height.
    """
    picture = strip_facial_header(data)
    if not picture.startswith(_SIGNATURES) or len(data) > MAX_ENCODED_BYTES:
        return None
    size = picture_size(picture)
    if size is None or not _may_be_unpacked(size):
        return None
    jpeg_2000, halvings = picture.startswith(_JPEG_2000), 0
    while max(size.width, size.height) >> halvings > _ENOUGH_SIDE_PX or (
        jpeg_2000 and len(picture) >> 2 * halvings > _ENOUGH_JPEG_2000_BYTES
    ):
        halvings += 1
    if jpeg_2000 and halvings:
        return _decode_jpeg_2000(picture, size, halvings)
    try:
        image = cv2.imdecode(np.frombuffer(picture, np.uint8), _HALVED[halvings])
    except cv2.error:
        return None
    return None if image is None else np.asarray(image, np.uint8)


def _may_be_unpacked(size: PictureSize) -> bool:
    return (
        max(size.width, size.height) <= MAX_IMAGE_SIDE_PX
        and size.width * size.height <= MAX_IMAGE_PIXELS
        and size.channels <= MAX_IMAGE_CHANNELS
    )


def encode_jpeg(image: Image, quality: int = 92) -> bytes:
    """Encode a BGR picture as JPEG."""
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("picture could not be encoded")
    return bytes(data.tobytes())


def _decode_jpeg_2000(picture: bytes, size: PictureSize, halvings: int) -> Image | None:
    """Decode without the finest resolutions, which OpenCV would decode first; None for broken."""
    from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile  # few pictures need it: 0.02 to 0.05 s

    try:
        file = Jpeg2KImageFile(BytesIO(picture))  # type: ignore[no-untyped-call]  # Pillow's
        if file.size != (
            size.width,
            size.height,
        ):  # the box around it says so: Pillow would make room for that
            return None
        file.reduce = halvings
        rgb = np.asarray(file.convert("RGB"), np.uint8)
    except (OSError, SyntaxError, ValueError, AttributeError):  # Pillow on what is no header
        return None
    return np.ascontiguousarray(rgb[:, :, ::-1])
