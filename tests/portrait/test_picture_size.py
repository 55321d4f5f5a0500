"""The size in a picture's header, and that nothing is unpacked which is too large."""

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.portrait.encoded import MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE_PX, decode_image
from kiosk.portrait.picture_size import PictureSize, picture_size
from tests.portrait.pictures import ROOT


def encoded(ending: str, width: int = 61, height: int = 37, *options: int) -> bytes:
    picture = np.random.default_rng(3).integers(0, 255, (height, width, 3), dtype=np.uint8)
    done, data = cv2.imencode(ending, picture, options)
    assert done
    return bytes(data.tobytes())


def bomb(width: int, height: int) -> bytes:
    """A grey PNG of few bytes and many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    packer = zlib.compressobj()
    rows = b"".join(packer.compress(bytes(width + 1)) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    start = bytes.fromhex("89504e470d0a1a0a")
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("ending", "options"),
    [
        (".png", ()),
        (".jpg", ()),
        (".jpg", (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)),
        (".jpg", (cv2.IMWRITE_JPEG_RST_INTERVAL, 1)),
        (".jp2", ()),
    ],
)
def test_size_is_read_from_the_header(ending: str, options: tuple[int, ...]) -> None:
    data = encoded(ending, 61, 37, *options)
    size = picture_size(data)
    assert size is not None
    assert (size.width, size.height) == (61, 37)
    assert decode_image(data) is not None
    if ending == ".jp2":
        codestream = data[data.index(bytes.fromhex("ff4fff51")) :]
        assert picture_size(codestream) == size == PictureSize(61, 37, 3)
        assert decode_image(codestream) is not None


def test_a_small_picture_inside_a_jpeg_is_not_taken_for_it() -> None:
    small, large = encoded(".jpg", 20, 10), encoded(".jpg", 61, 37)
    thumbnail = b"\xff\xe1" + struct.pack(">H", len(small) + 2) + small
    size = picture_size(large[:2] + thumbnail + b"\xff\xff" + large[2:])
    assert size == PictureSize(61, 37, 3)


def test_a_small_size_in_the_boxes_of_jpeg_2000_hides_no_large_picture() -> None:
    data = encoded(".jp2")
    decoy = encoded(".jp2", 40, 40)
    decoy = decoy[decoy.index(bytes.fromhex("ff4fff51")) :]
    box = struct.pack(">I4s", len(decoy) + 8, b"free") + decoy
    assert picture_size(data[:12] + box + data[12:]) == PictureSize(61, 37, 3)


@pytest.mark.parametrize("ending", [".png", ".jpg", ".jp2"])
def test_cut_off_anywhere_gives_a_size_or_none(ending: str) -> None:
    data = encoded(ending)
    for length in range(min(len(data), 700)):
        size = picture_size(data[:length])
        assert size is None or (size.width, size.height) == (61, 37)


@given(st.sampled_from(["ffd8ff", "ff4fff51", "0000000c6a502020", "89504e470d0a1a0a"]), st.binary())
def test_no_bytes_break_it(start: str, rest: bytes) -> None:
    picture_size(bytes.fromhex(start) + rest)


@pytest.mark.parametrize(
    ("width", "height", "fits"),
    [(6000, 4000, True), (6001, 10, False), (10, 6001, False), (5000, 5000, False)],
)
def test_the_bound_is_of_sides_and_of_pixels(width: int, height: int, fits: bool) -> None:
    assert (max(width, height) <= MAX_IMAGE_SIDE_PX and width * height <= MAX_IMAGE_PIXELS) == fits
    assert (decode_image(bomb(width, height)) is not None) == fits


def test_a_codestream_of_many_components_is_refused() -> None:
    data = encoded(".jp2")
    at = data.index(bytes.fromhex("ff4fff51"))
    many = data[: at + 40] + struct.pack(">H", 16_000) + data[at + 42 :]
    assert picture_size(many) == PictureSize(61, 37, 16_000)
    assert decode_image(many) is None


def test_a_picture_of_a_gigapixel_is_never_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(30_000, 30_000))
    assert path.stat().st_size < 3_000_000
    code = (
        "import sys, resource; from pathlib import Path\n"
        "from kiosk.portrait.encoded import decode_image\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "assert decode_image(Path(sys.argv[1]).read_bytes()) is None\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(run.stdout) < 50_000  # KB
