"""Encoded pictures: their size before they are decoded, and large ones decoded smaller."""

import struct
from functools import cache
from io import BytesIO

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from kiosk.portrait.encoded import MAX_ENCODED_BYTES, decode_image, strip_facial_header
from kiosk.portrait.faces import Image
from kiosk.portrait.fusion import Models, load_models, still_template
from kiosk.portrait.picture_size import JP2_CODESTREAM, JP2_FILE, JPEG, PNG, picture_size
from tests.portrait.pictures import LARGE, MODELS, document, large_document


@cache
def gradient() -> Image:
    rows, columns = np.mgrid[0:70, 0:90]
    return np.dstack([rows, columns, rows + columns]).astype(np.uint8)


def written(form: str, **how: object) -> bytes:
    file = BytesIO()
    Pillow.fromarray(gradient()).save(file, form, **how)
    return file.getvalue()


def turned_on_its_side() -> Pillow.Exif:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    return exif


@pytest.mark.parametrize(
    "picture",
    [
        written("JPEG"),
        written("JPEG", progressive=True, exif=turned_on_its_side()),
        written("JPEG", comment=b"\xff\xc0 not the frame"),
        written("PNG"),
        written("JPEG2000"),
        written("JPEG2000", no_jp2=True),
    ],
    ids=["jpeg", "turned", "comment", "png", "jp2", "codestream"],
)
def test_the_size_is_read_and_a_part_of_a_picture_is_no_surprise(picture: bytes) -> None:
    for end in (None, *range(len(picture))):
        size = picture_size(picture[:end])
        assert size is None or (size.width, size.height) == (90, 70)
        assert size is not None or end is not None
    assert decode_image(picture) is not None
    assert decode_image(picture[: len(picture) // 8]) is None


@given(st.sampled_from([JP2_FILE, JP2_CODESTREAM, JPEG, PNG]), st.binary(max_size=64))
def test_garbage_is_no_picture_and_no_surprise(start: bytes, rest: bytes) -> None:
    assert decode_image(start + rest) is None


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models(MODELS)


@pytest.mark.parametrize("kind", LARGE)
def test_a_large_picture_is_decoded_smaller_and_shows_who_it_shows(
    models: Models, kind: str
) -> None:
    encoded = large_document("a", kind)
    assert len(encoded) <= MAX_ENCODED_BYTES
    image = decode_image(encoded)
    assert image is not None
    assert 600 <= max(image.shape[:2]) <= 1280
    small = decode_image(document("a"))
    assert small is not None
    one, other = still_template(models, image), still_template(models, small)
    assert one is not None
    assert other is not None
    assert models.matcher.compare(one, other).score > models.matcher.threshold + 2


def test_a_halved_picture_is_as_upright_as_a_whole_one() -> None:
    small = written("JPEG", exif=turned_on_its_side())
    file = BytesIO()
    Pillow.fromarray(gradient()).resize((1800, 1400)).save(file, "JPEG", exif=turned_on_its_side())
    whole, halved = decode_image(small), decode_image(file.getvalue())
    assert whole is not None
    assert halved is not None
    assert whole.shape == (90, 70, 3)
    assert halved.shape == (900, 700, 3)
    again = cv2.resize(halved, (70, 90), interpolation=cv2.INTER_AREA)
    assert np.abs(again.astype(int) - whole).mean() < 4


def test_a_halved_jpeg_2000_has_the_colours_of_a_whole_one() -> None:
    done, small = cv2.imencode(".jp2", gradient())
    done_too, large = cv2.imencode(".jp2", cv2.resize(gradient(), (1800, 1400)))
    assert done
    assert done_too
    whole, halved = decode_image(small.tobytes()), decode_image(large.tobytes())
    assert whole is not None
    assert halved is not None
    assert halved.shape == (700, 900, 3)
    again = cv2.resize(halved, (90, 70), interpolation=cv2.INTER_AREA)
    assert np.abs(again.astype(int) - whole).mean() < 4


def test_a_large_jpeg_2000_without_smaller_resolutions_is_refused() -> None:
    file = BytesIO()
    Pillow.fromarray(gradient()).resize((1800, 1400)).save(file, "JPEG2000", num_resolutions=1)
    assert decode_image(file.getvalue()) is None


def test_a_box_that_says_another_size_than_the_picture_is_refused() -> None:
    done, large = cv2.imencode(".jp2", cv2.resize(gradient(), (1800, 1400)))
    assert done
    picture = large.tobytes()
    said = struct.pack(">II", 1400, 1800)
    assert decode_image(picture.replace(said, struct.pack(">II", 60_000, 60_000), 1)) is None
    assert decode_image(picture) is not None


def test_what_is_larger_than_any_portrait_is_refused() -> None:
    done, wide = cv2.imencode(".jpg", np.zeros((8, 6001), np.uint8))
    assert done
    assert decode_image(wide.tobytes()) is None
    done, heavy = cv2.imencode(".jpg", gradient())
    assert done
    assert decode_image(heavy.tobytes() + bytes(MAX_ENCODED_BYTES)) is None


def test_the_picture_inside_a_facial_record_is_found() -> None:
    assert strip_facial_header(b"FAC\x00010\x00" + bytes(38) + document("a")) == document("a")
