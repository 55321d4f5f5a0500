"""Which face a still picture is of, how it is cropped, and the looks that an engine takes."""

import cv2
import numpy as np
import pytest

from kiosk.portrait.capture import Candidate
from kiosk.portrait.embedder import Embedder
from kiosk.portrait.engines import Look, embed
from kiosk.portrait.faces import Face, align_arcface, main_face
from kiosk.portrait.fusion import Models, load_models
from kiosk.portrait.quality import Assessment
from tests.portrait.pictures import MODELS, moment, photograph


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models(MODELS)


def made_face(x: float, y: float, side: float) -> Face:
    return Face(x, y, side, side, 0.9, np.zeros((5, 2), np.float32))


def test_still_picture_is_of_the_face_in_the_middle() -> None:
    image = np.zeros((250, 250, 3), np.uint8)
    sitter, passer_by = made_face(80, 80, 95), made_face(-20, 40, 120)
    assert main_face(image, [passer_by, sitter]) is sitter
    small_but_central = made_face(115, 115, 20)  # a print on a shirt
    assert main_face(image, [sitter, small_but_central]) is sitter


def test_neighbour_who_is_nearer_to_the_camera_is_not_embedded(models: Models) -> None:
    sitter, neighbour = photograph("a"), photograph("b")
    alone = models.detector.find_main(sitter)
    assert alone is not None
    side = round(1.15 * alone.height / models.detector.find(neighbour)[0].height * 600)
    large = cv2.resize(neighbour, (side * neighbour.shape[1] // neighbour.shape[0], side))
    both = cv2.copyMakeBorder(sitter, 0, 0, 0, sitter.shape[1] // 3, cv2.BORDER_REPLICATE)
    face = models.detector.find(large)[0]
    left, top = max(0, int(face.x)), max(0, int(face.y))
    part = large[top : top + int(face.height), left : left + both.shape[1] // 4]
    both[: part.shape[0], both.shape[1] - part.shape[1] :] = part[: both.shape[0]]
    found = models.detector.find_main(both)
    assert found is not None
    assert abs(found.x - alone.x) < alone.width / 4


@pytest.mark.parametrize("turn_deg", [-30.0, 0.0, 45.0])
def test_crop_is_the_same_however_the_face_stands(models: Models, turn_deg: float) -> None:
    image = photograph("a")
    face = models.detector.find(image)[0]
    matrix = cv2.getRotationMatrix2D((face.x, face.y), turn_deg, 0.8)
    stood = face.landmarks @ matrix[:, :2].T.astype(np.float32) + matrix[:, 2].astype(np.float32)
    turned = cv2.warpAffine(image, matrix, image.shape[1::-1], flags=cv2.INTER_AREA)
    moved = Face(0, 0, 1, 1, 0.9, stood.astype(np.float32))
    one, other = align_arcface(image, face), align_arcface(np.asarray(turned, np.uint8), moved)
    assert one is not None
    assert other is not None
    assert np.abs(one.astype(int) - other.astype(int)).mean() < 6


def test_landmarks_in_one_place_are_no_face() -> None:
    flat = Face(0, 0, 9, 9, 0.9, np.full((5, 2), 7, np.float32))
    assert align_arcface(np.zeros((50, 50, 3), np.uint8), flat) is None


def test_embedding_is_the_mean_of_every_look(models: Models) -> None:
    image = photograph("b")
    face = models.detector.find_main(image)
    assert face is not None
    assert face.close_up is not None
    engine = models.matcher.engines["sface"]
    ways = [Look(name, side) for name in ("whole", "close_up") for side in (False, True)]
    assert list(engine.looks) == ways
    seen = [engine.look(image, face, way) for way in ways]
    known = [numbers for numbers in seen if numbers is not None]
    assert len({numbers.tobytes() for numbers in known}) == 4  # each sees something else
    whole = embed(engine, image, face)
    assert whole is not None
    np.testing.assert_allclose(whole, engine.join(known), atol=1e-6)


def test_live_frames_share_the_looks_of_the_slow_engine(models: Models) -> None:
    kept = []
    for number in range(3):
        image = moment("a", number)
        face = models.detector.find_main(image)
        kept.append(Candidate(image, number, Assessment(face, ()), 1.0))
    embedder = Embedder(models.matcher)
    steps = 0
    while embedder.step(kept):
        steps += 1
    assert steps == 3 * (4 + 1)  # four looks of SFace, one of dlib at each frame
    seen = embedder.templates()
    assert len(seen) == 3
    face, engine = kept[1].assessment.face, models.matcher.engines["dlib_resnet"]
    assert face is not None
    mirrored = engine.look(kept[1].image, face, Look("whole", True))
    assert mirrored is not None
    np.testing.assert_array_equal(seen[1]["dlib_resnet"], mirrored)
    still = models.matcher.embed(kept[0].image, face)
    assert still is not None
    score = models.matcher.compare(models.matcher.mean(seen), still).score
    assert score > models.matcher.threshold + 2
