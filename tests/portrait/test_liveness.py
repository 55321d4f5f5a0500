"""Liveness at the desk: made heads that turn, flat photographs that do not, a passive slot."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from kiosk.portrait.capture import CaptureState
from kiosk.portrait.desk import Desk
from kiosk.portrait.faces import Image
from kiosk.portrait.fusion import Models, load_models
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.liveness.challenge import draw_moves
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.liveness.slot import PassiveModel
from kiosk.portrait.messages import (
    BeginCapture,
    Configure,
    Decide,
    Judged,
    SetReferences,
    SubmitFrame,
)
from kiosk.portrait.pose import nose_offset
from kiosk.portrait.results import CaptureDone, WorkerFailed, WorkerReady
from kiosk.portrait.slots import SlotError
from kiosk.values import HeadMove, LivenessMode, LivenessOutcome
from tests.portrait.heads import slant_photograph, step_closer, turn_head
from tests.portrait.onnx_file import projection
from tests.portrait.pictures import MODELS, document, frame

LEFT, RIGHT, CLOSER = HeadMove.TURN_LEFT, HeadMove.TURN_RIGHT, HeadMove.COME_CLOSER
LIMITS = LivenessLimits(LivenessMode.REQUIRED)
SEEDS = {
    moves: seed for seed in range(99) for moves in [tuple(draw_moves(Random(seed), 2, 0.3, 1.3))]
}
"""A seed of the random choice for every pair of moves."""


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models(MODELS, "sface")


@pytest.fixture(scope="module")
def shows(models: Models) -> dict[HeadMove | None, Image]:
    """One person looking ahead and making each move."""
    ahead = frame("a", scale=1.8)
    (face,) = models.detector.find(ahead)
    return {
        None: ahead,
        LEFT: turn_head(ahead, face, 60),
        RIGHT: turn_head(ahead, face, -45),
        CLOSER: step_closer(ahead, face, 1.45),
    }


class Stand:
    """A desk with sface alone and a clock moved by hand."""

    def __init__(self, moves: tuple[HeadMove, ...], liveness: LivenessLimits = LIMITS) -> None:
        self.desk = Desk(Random(SEEDS[moves]))
        self.now_s = 0.0
        self.number = 0
        self.asked: list[HeadMove] = []
        limits = PortraitLimits(best_frames=3, capture_timeout_s=4.0)
        configure = Configure(str(MODELS), "sface", 0.0001, limits, liveness, "")
        assert isinstance(self.desk.answer(configure, 0.0), WorkerReady)
        self.desk.answer(SetReferences(None, document("a"), False), 0.0)
        self.desk.answer(BeginCapture(1), 0.0)

    def show(self, image: Image) -> Judged:
        """Show one frame; note what is asked for then."""
        self.now_s += 0.31
        self.number += 1
        grain = np.random.default_rng(self.number).normal(0, 2, image.shape)
        noisy = np.clip(image + grain, 0, 255).astype(np.uint8)
        height, width = image.shape[:2]
        told = self.desk.answer(
            SubmitFrame(width, height, self.number, noisy.tobytes()), self.now_s
        )
        assert isinstance(told, Judged)
        assert told.update is not None
        if told.update.move is not None and told.update.move not in self.asked:
            self.asked.append(told.update.move)
        return told

    def play(self, pictures: Iterator[Image]) -> CaptureDone:
        """Show pictures until the capture ends, the last one for as long as needed."""
        last = None
        for _ in range(80):
            last = next(pictures, last)
            assert last is not None
            if self.show(last).state is not CaptureState.RUNNING:
                break
        done = self.desk.answer(Decide(), self.now_s)
        assert isinstance(done, CaptureDone)
        return done

    def obeys(self, shows: dict[HeadMove | None, Image]) -> CaptureDone:
        """Do what the screen asks."""
        told = self.show(shows[None])
        for _ in range(80):
            if told.state is not CaptureState.RUNNING:
                break
            assert told.update is not None
            told = self.show(shows[told.update.move])
        done = self.desk.answer(Decide(), self.now_s)
        assert isinstance(done, CaptureDone)
        return done


@pytest.mark.parametrize("moves", [(LEFT, RIGHT), (RIGHT, CLOSER)], ids=str)
def test_who_does_what_the_screen_asks_passes(
    moves: tuple[HeadMove, ...], shows: dict[HeadMove | None, Image]
) -> None:
    stand = Stand(moves)
    done = stand.obeys(shows)
    assert done.liveness is not None
    assert done.liveness.outcome is LivenessOutcome.PASSED, done.liveness
    assert tuple(stand.asked) == moves == done.liveness.moves
    assert done.decision.matched  # on the frames of the same capture
    grades = {measure.name: measure for measure in done.liveness.measures}
    assert grades["liveness_moves"].value == 1.0
    assert grades["liveness_same_face"].value >= LIMITS.same_face_min


def recording(shows: dict[HeadMove | None, Image], *made: HeadMove) -> Iterator[Image]:
    """A recorded turn, played round and round."""
    while True:
        yield from [shows[None]] * 5
        for move in made:
            yield from [shows[move]] * 3
            yield from [shows[None]] * 3


def test_a_recorded_turn_passes_only_where_the_same_is_asked(
    shows: dict[HeadMove | None, Image],
) -> None:
    outcomes = {}
    for moves in ((LEFT, RIGHT), (RIGHT, LEFT), (CLOSER, LEFT)):
        done = Stand(moves).play(recording(shows, LEFT, RIGHT))
        assert done.liveness is not None
        outcomes[moves] = (done.liveness.outcome, done.liveness.why)
    assert outcomes == {
        (LEFT, RIGHT): (LivenessOutcome.PASSED, ""),
        (RIGHT, LEFT): (LivenessOutcome.ALARM, "wrong_move"),
        (CLOSER, LEFT): (LivenessOutcome.ALARM, "wrong_move"),
    }


@pytest.mark.parametrize("resident", ["a", "b"])
def test_a_photograph_held_at_a_slant_is_no_turned_head(models: Models, resident: str) -> None:
    picture = frame(resident, scale=1.6)
    (face, *_) = models.detector.find(picture)
    for degrees in (-60, -45, -30, 30, 45, 60):
        for seen in models.detector.find(slant_photograph(picture, face, degrees))[:1]:
            assert abs(nose_offset(seen)) < LIMITS.turned_min * 0.75


def test_a_photograph_runs_out_of_time_and_is_undetermined(
    shows: dict[HeadMove | None, Image], models: Models
) -> None:
    (face, *_) = models.detector.find(shows[None])
    slanted = slant_photograph(shows[None], face, 45)
    done = Stand((LEFT, RIGHT)).play(iter([*[shows[None]] * 6, *[slanted] * 30]))
    assert done.liveness is not None
    assert done.liveness.outcome is LivenessOutcome.UNDETERMINED


def test_off_asks_nothing_and_says_nothing(shows: dict[HeadMove | None, Image]) -> None:
    stand = Stand((LEFT, RIGHT), LivenessLimits())
    done = stand.obeys(shows)
    assert stand.asked == []
    assert done.liveness is None


def slot_text(sha256: str, size: int = 2, **more: str) -> str:
    lines = {"commercial_use": "true", **more}
    return f"""
name = "toy"
role = "liveness"
runtime = "onnx"
licence = "none"
commercial_use = {lines["commercial_use"]}
[file]
path = "toy.onnx"
sha256 = "{sha256}"
[input]
name = "face"
width = 32
height = 32
layout = "NCHW"
colour_order = "BGR"
mean = [127.5, 127.5, 127.5]
scale = 0.0001
crop = 2.7
[output]
size = {size}
live = 0
softmax = true
[threshold]
value = 0.5
data_set = "none: a toy of the tests"
date = "2026-11"
live_frames = 1
attack_frames = 1
"""


def write_slot(folder: Path, **more: str) -> Path:
    data, _ = projection(32, 2, "face")
    folder.mkdir()
    (folder / "toy.onnx").write_bytes(data)
    file = folder / "model.toml"
    file.write_text(slot_text(hashlib.sha256(data).hexdigest(), **more))
    return file


def test_a_passive_model_drops_in_and_its_score_is_told(tmp_path: Path, models: Models) -> None:
    model = PassiveModel(write_slot(tmp_path / "toy"))
    picture = frame("a", scale=1.8)
    (face, *_) = models.detector.find(picture)
    score = model.score(picture, face)
    assert 0.0 <= score <= 1.0
    assert model.score(255 - picture, face) != score  # it does look


def test_a_low_passive_score_is_an_alarm(
    tmp_path: Path, shows: dict[HeadMove | None, Image]
) -> None:
    for path in MODELS.iterdir():
        (tmp_path / path.name).symlink_to(path)
    file = write_slot(tmp_path / "toy")
    file.write_text(file.read_text().replace("value = 0.5", "value = 1.0"))
    desk = Desk(Random(SEEDS[LEFT, RIGHT]))
    stand = Stand((LEFT, RIGHT))
    stand.desk = desk
    liveness = LivenessLimits(LivenessMode.REQUIRED, "toy")
    limits = PortraitLimits(best_frames=3, capture_timeout_s=4.0)
    configure = Configure(str(tmp_path), "sface", 0.0001, limits, liveness, "")
    assert isinstance(desk.answer(configure, 0.0), WorkerReady)
    desk.answer(SetReferences(None, document("a"), False), 0.0)
    desk.answer(BeginCapture(1), 0.0)
    done = stand.obeys(shows)
    assert done.liveness is not None
    assert done.liveness.outcome is LivenessOutcome.ALARM
    assert done.liveness.why == "passive_low"
    assert done.liveness.model == "toy"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('role = "liveness"', 'role = "recogniser"'), "role"),
        (("size = 2", "size = 3"), "gives 2 numbers"),
        (("live = 0", "live = 7"), "output.live 7"),
        (("commercial_use = true", "commercial_use = false"), "commercially"),
        (('date = "2026-11"', ""), "threshold.date"),
        (("crop = 2.7", "crop = 2.7\nsurprise = 1"), "surprise"),
        (('name = "toy"', 'name = "other"'), "name: must be the folder's, 'toy', is 'other'"),
        (("width = 32", "width = 48"), "input.width 48, input.height 32, input.layout NCHW"),
        (('name = "face"', 'name = "picture"'), "does not take input.name 'picture'"),
        (("width = 32", "width = 1000000"), "input.width"),
        (('sha256 = "', 'sha256 = "0'), "sha256"),
        (('path = "toy', 'path = "other'), "missing"),
    ],
)
def test_a_wrong_slot_is_one_clear_line(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    file = write_slot(tmp_path / "toy")
    file.write_text(file.read_text().replace(*change))
    with pytest.raises(SlotError) as refused:
        PassiveModel(file)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_worker_refuses_a_missing_passive_model() -> None:
    configure = Configure(
        str(MODELS),
        "sface",
        0.0001,
        PortraitLimits(),
        LivenessLimits(LivenessMode.ADVISORY, "nowhere"),
        "",
    )
    answer = Desk().answer(configure, 0.0)
    assert isinstance(answer, WorkerFailed)
    assert "nowhere/model.toml" in answer.error


@pytest.mark.parametrize("engine", ["dlib_resnet", "mine"])
def test_a_model_not_measured_for_the_same_face_is_refused_when_configured(
    tmp_path: Path, engine: str
) -> None:
    """Alone, and as the only member of a fusion that has thresholds of its own."""
    for name in ("yunet", "dlib_resnet"):
        (tmp_path / name).mkdir()
        text = (MODELS / name / "model.toml").read_text()
        (tmp_path / name / "model.toml").write_text(text)
    blocks = text.split("\n[[threshold]]\n")
    kept = [block for block in blocks if engine == "dlib_resnet" and "fmr = 0.001\n" not in block]
    slot = tmp_path / "dlib_resnet" / "model.toml"
    slot.write_text("\n[[threshold]]\n".join(kept or blocks[:1]))
    if engine == "mine":
        whole = (MODELS / "fused" / "model.toml").read_text().replace('"fused"', '"mine"')
        members = whole.split("\n[[member]]\n")
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "model.toml").write_text(
            "\n[[member]]\n".join([members[0], members[2]])
        )
    configure = Configure(str(tmp_path), engine, 0.0001, PortraitLimits(), LIMITS, "")
    answer = Desk().answer(configure, 0.0)
    assert isinstance(answer, WorkerFailed)
    assert f"{slot}: threshold: liveness needs one for FMR 0.001" in answer.error
    off = replace(configure, liveness=LivenessLimits())
    assert isinstance(Desk().answer(off, 0.0), WorkerReady)
