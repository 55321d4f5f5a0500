"""Evaluation: the arithmetic on made scores, and a smoke run on real pairs where they are."""

import csv
import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.evaluate import (
    Scored,
    all_impostor_values,
    evaluate,
    rates,
)
from kiosk.portrait.evaluation_notes import too_few
from kiosk.portrait.fusion import load_models
from kiosk.portrait.pairs import EvaluationError, Pair
from kiosk.portrait.people import find_people
from kiosk.portrait.scores import (
    fmr,
    fnmr,
    fnmr_interval,
    shows_rate,
    ten_fold_accuracy,
    threshold_at,
)
from tests.portrait.pictures import MODELS, ROOT, frame

SHARED = Path(os.environ.get("KIOSK_SHARED", ROOT.parent / "shared"))
SMOKE = SHARED / "faces" / "dev" / "smoke_pairs.csv"


def test_threshold_lets_exactly_the_wanted_share_through() -> None:
    impostor = np.random.default_rng(1).permutation(np.arange(10_000.0))
    threshold = threshold_at(impostor, 0.01)
    assert threshold is not None
    assert shows_rate(impostor, 0.001)
    assert not shows_rate(impostor, 0.0001)
    assert (impostor >= threshold).sum() == 100
    assert fmr(impostor, threshold) == 0.01
    assert fnmr(np.array([9000.0, 9950.0]), threshold) == 0.5


@pytest.mark.parametrize("count", [1, 60, 300, 900, 5000])
def test_few_pairs_give_rates_and_say_what_they_cannot_show(count: int) -> None:
    impostor = np.random.default_rng(1).permutation(np.arange(float(count)))
    found = rates(Scored(np.array([0.0, count + 1.0]), impostor, ("a", "b")))
    for rate in (0.01, 0.001, 0.0001):
        key = f"{rate:g}"
        allowed = int(count * rate)
        assert found["fmr"][key] == allowed / count <= rate
        assert found["thresholds"][key] == pytest.approx(count - allowed - 1)
        assert found["fnmr"][key] == 0.5
        assert len(found["fnmr_ci"][key]) == 2
        assert found["shown"][key] == (allowed >= 10)
    said = too_few({"genuine": 2, "impostor": count, **found})
    assert len(said) == list(found["shown"].values()).count(False)
    assert f"{count} impostor pairs cannot show FMR 0.0001" in said[-1]
    assert "which need 100000 pairs; the rule of 30 asks for 300000" in said[-1]


def test_rates_are_null_only_without_any_pair() -> None:
    none = np.array([])
    assert set(rates(Scored(np.array([1.0]), none, ("a",)))["fnmr"].values()) == {None}
    found = rates(Scored(none, np.array([1.0]), ()))
    assert set(found["fnmr"].values()) == set(found["fnmr_ci"].values()) == {None}
    assert set(found["fmr"].values()) == {0.0}


def test_thresholds_of_another_run_give_their_own_false_match_rate() -> None:
    scored = Scored(np.array([3.0, 8.0]), np.arange(10.0), ("a", "b"))
    found = rates(scored, {"0.01": 7.0})
    assert found["fmr"]["0.01"] == pytest.approx(0.3)
    assert found["fnmr"]["0.01"] == pytest.approx(0.5)
    assert found["fmr"]["0.001"] is None


def test_interval_draws_people_not_pairs() -> None:
    many_of_one = np.concatenate([np.zeros(50), np.ones(50)])
    one_person = ["bad"] * 50 + [f"p{i}" for i in range(50)]
    low, high = fnmr_interval(many_of_one, one_person, 0.5)
    spread_low, spread_high = fnmr_interval(many_of_one, [f"p{i}" for i in range(100)], 0.5)
    assert high - low > 2 * (spread_high - spread_low)


def test_unseen_face_counts_as_a_miss() -> None:
    assert fnmr(np.array([-np.inf, 5.0]), 1.0) == 0.5


def test_ten_folds_on_separable_and_on_equal_scores() -> None:
    genuine, impostor = np.linspace(5, 9, 60), np.linspace(0, 4, 60)
    assert ten_fold_accuracy(genuine, impostor) == 1.0
    random = np.random.default_rng(3)
    mixed = ten_fold_accuracy(random.normal(size=600), random.normal(size=600))
    assert 0.4 < mixed < 0.6


def made_set(folder: Path) -> Path:
    """Six pictures of the two residents, one of a wall, and pairs over them."""
    for resident in "ab":
        for number in range(1, 4):
            picture = frame(resident, scale=1.2 + 0.1 * number, seed=number)
            cv2.imwrite(str(folder / f"{resident}_000{number}.png"), picture)
    cv2.imwrite(str(folder / "a_0004.png"), np.full((200, 200, 3), 99, np.uint8))
    rows = [
        ("a_0001.png", "a_0002.png", 1),
        ("b_0001.png", "b_0003.png", 1),
        ("a_0003.png", "a_0004.png", 1),
        ("a_0001.png", "b_0001.png", 0),
        ("a_0002.png", "b_0002.png", 0),
        ("a_0003.png", "b_0003.png", 0),
    ]
    path = folder / "pairs.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["image_a", "image_b", "same", "ignored"])
        writer.writerows((*row, "x") for row in rows)
    return path


def test_report_and_pictures_of_a_made_set(tmp_path: Path) -> None:
    pairs = made_set(tmp_path)
    thresholds = tmp_path / "chosen.json"
    thresholds.write_text(json.dumps({"thresholds": {"0.0001": 6.42}}))
    seen: list[tuple[int, int]] = []
    report = evaluate(
        pairs,
        tmp_path,
        tmp_path / "out",
        all_impostors=True,
        thresholds_file=thresholds,
        progress=lambda done, of: seen.append((done, of)),
    )
    assert report == json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["genuine"] == 3
    assert report["impostor"] == 12  # 4 x 3 pictures of different people
    assert report["fte"] == pytest.approx(1 / 7)
    assert report["fnmr"]["0.0001"] == pytest.approx(1 / 3)  # the wall
    assert report["fmr"]["0.0001"] == 0.0
    assert seen[-1] == (7, 7)
    for name in ("det.png", "scores.png"):
        picture = cv2.imread(str(tmp_path / "out" / name))
        assert picture is not None
        assert picture.std() > 1


def test_block_comparison_gives_the_same_scores_as_single_ones(tmp_path: Path) -> None:
    matcher = load_models(MODELS).matcher
    random = np.random.default_rng(5)
    vectors = random.normal(size=(4, 128)).astype(np.float32) / 12
    people = [{"sface": v / np.linalg.norm(v), "dlib_resnet": v} for v in vectors]
    block = matcher.fuse(matcher.compare_many(people, people))
    single = [[matcher.compare(one, other).score for other in people] for one in people]
    np.testing.assert_allclose(block, single, atol=1e-4)
    names = ["a_1.png", "a_2.png", "b_1.png", "c_1.png"]
    pairs = [Pair("a_1.png", "a_2.png", True), Pair("b_1.png", "c_1.png", False)]
    values = all_impostor_values(
        matcher, dict(zip(names, people, strict=True)), find_people(pairs).who
    )
    scores = matcher.fuse(values)
    wanted = [block[0, 2], block[0, 3], block[1, 2], block[1, 3], block[2, 3]]
    np.testing.assert_allclose(np.sort(scores), np.sort(wanted), atol=1e-9)


def test_missing_picture_is_one_clear_line(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("image_a,image_b,same\nnone.png,nor.png,1\n")
    with pytest.raises(EvaluationError, match=r"none\.png: no such picture"):
        evaluate(pairs, tmp_path, tmp_path / "out", settings=WorkerSettings(engine="sface"))


@pytest.mark.parametrize("out", ["taken", "taken/below"])
def test_a_place_for_no_folder_is_one_clear_line_before_the_work(tmp_path: Path, out: str) -> None:
    pairs = made_set(tmp_path)
    (tmp_path / "taken").write_text("a file")
    seen: list[int] = []
    with pytest.raises(EvaluationError, match=r"^[^\n]*: is not a folder$"):
        evaluate(
            pairs,
            tmp_path,
            tmp_path / out,
            settings=WorkerSettings(engine="sface"),
            progress=lambda done, of: seen.append(done),
        )
    assert seen == []
    assert (tmp_path / "taken").read_text() == "a file"


def test_a_list_without_any_face_states_what_it_can(tmp_path: Path) -> None:
    for name in ("a_1.png", "a_2.png", "b_1.png"):
        cv2.imwrite(str(tmp_path / name), np.full((60, 60, 3), 99, np.uint8))
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("image_a,image_b,same\na_1.png,a_2.png,1\na_1.png,b_1.png,0\n")
    settings = WorkerSettings(engine="sface")
    report = evaluate(pairs, tmp_path, tmp_path, settings=settings, all_impostors=True)
    assert report["fte"] == 1.0
    assert report["impostor"] == 2
    assert set(report["thresholds"].values()) == {None}
    assert "no impostor pair has a face in both pictures" in report["notes"][-2]


@pytest.mark.slow
@pytest.mark.skipif(not SMOKE.is_file(), reason=f"SKIPPED: labelled pairs missing at {SMOKE}")
def test_smoke_pairs_are_told_apart(tmp_path: Path) -> None:
    report = evaluate(SMOKE, SMOKE.parent / "images", tmp_path)
    print(f"smoke pairs: accuracy {report['accuracy']:.4f}, FTE {report['fte']:.4f}")
    assert report["accuracy"] >= 0.97
    for named in ("fnmr", "fnmr_ci", "fmr", "thresholds"):
        assert list(report[named]) == ["0.01", "0.001", "0.0001"]
        assert None not in report[named].values()
    assert report["shown"] == {"0.01": False, "0.001": False, "0.0001": False}
    assert sum("60 impostor pairs cannot show" in note for note in report["notes"]) == 3
    assert report["fte"] == 0.0
