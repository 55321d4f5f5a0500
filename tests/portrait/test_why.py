"""Why a capture failed, from made figures; pictures are judged in tests.benchmarks.why."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.portrait.history import KEPT, CaptureHistory, PastCapture
from kiosk.portrait.results import (
    CaptureDone,
    MatchDecision,
    Reason,
    ReasonKey,
    ReferenceReport,
    ReferenceState,
)
from kiosk.portrait.tally import Tally
from kiosk.portrait.why import explain
from kiosk.values import FailureCause, Measure, Reference, Score

CLEAR = Tally(20, 180.0, 120.0, 120.0, 0.0, 1.0, 1.4)
SHARP = tuple(PastCapture(0.0, visit, True, "", 200.0, 120.0) for visit in range(5))
BLURRED = tuple(PastCapture(0.0, 9 + v, False, "blurred", 20.0, 9.0) for v in range(4))
BOTH = (
    ReferenceReport(Reference.CHIP, ReferenceState.USABLE),
    ReferenceReport(Reference.RECORD, ReferenceState.USABLE),
)


def done(key: ReasonKey | None, tally: Tally = CLEAR, **more: object) -> CaptureDone:
    reason = None if key is None else Reason(key, (("threshold", 5.58),))
    scores = more.pop("scores", ())
    decision = MatchDecision(key is None, scores, None, reason)  # type: ignore[arg-type]
    made = CaptureDone(
        1,
        decision,
        (),
        "fused",
        "0" * 64,
        b"",
        b"",
        (1, 2, 3),
        0.1,
        references=BOTH,
        tally=tally,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def key_of(capture: CaptureDone, others: tuple[PastCapture, ...] = SHARP) -> ReasonKey | None:
    reason = explain(capture, others)
    return None if reason is None else reason.key


def test_a_match_needs_no_reason() -> None:
    assert explain(done(None), SHARP) is None


@pytest.mark.parametrize(
    ("key", "tally", "others", "found"),
    [
        # The whole scene blurred: the camera. Several visits in a row: the lens.
        (ReasonKey.BLURRED, replace(CLEAR, sharpness=20.0, scene_sharpness=9.0), SHARP, "blurred"),
        (
            ReasonKey.BLURRED,
            replace(CLEAR, sharpness=20.0, scene_sharpness=9.0),
            SHARP + BLURRED,
            "dirty_lens",
        ),
        (
            ReasonKey.TILTED,
            replace(CLEAR, sharpness=30.0, scene_sharpness=9.0),
            SHARP,
            "blurred",
        ),
        # The scene as clear as ever: who stands before it moved.
        (ReasonKey.BLURRED, replace(CLEAR, sharpness=20.0), SHARP, "moved"),
        (ReasonKey.LOW_SCORE, replace(CLEAR, sharpness=50.0), SHARP, "moved"),
        # A new kiosk has no opinion of its lens.
        (ReasonKey.BLURRED, replace(CLEAR, sharpness=20.0), (), "blurred"),
        (ReasonKey.LOW_SCORE, replace(CLEAR, sharpness=50.0), (), "low_score"),
        (ReasonKey.NO_FACE, replace(CLEAR, sharpness=None), SHARP, "no_face"),
        (ReasonKey.NO_FACE, replace(CLEAR, sharpness=None, scene_sharpness=5.0), SHARP, "blurred"),
        (ReasonKey.LOW_SCORE, replace(CLEAR, still=0.9), SHARP, "frozen"),
        (ReasonKey.LOW_SCORE, CLEAR, SHARP + BLURRED, "low_score"),
        (ReasonKey.TURNED, CLEAR, SHARP, "turned"),
        (ReasonKey.DARK, replace(CLEAR, scene_sharpness=2.0), SHARP, "dark"),
    ],
)
def test_machine_capture_and_person_are_told_apart(
    key: ReasonKey, tally: Tally, others: tuple[PastCapture, ...], found: str
) -> None:
    assert key_of(done(key, tally), others) == found


def test_a_low_score_against_a_poor_reference_is_the_references_fault() -> None:
    soft = Measure("sharpness", 12.0, "variance", 60.0, None)
    poor = (BOTH[0], ReferenceReport(Reference.RECORD, ReferenceState.POOR, (soft,)))
    chip, record = (Score(which, "fused", 3.0, 5.58) for which in Reference)
    holds = Score(Reference.CHIP, "fused", 9.0, 5.58)
    only = explain(done(ReasonKey.REFERENCES_DISAGREE, references=poor, scores=(holds, record)), ())
    assert only is not None
    assert only.key is ReasonKey.REFERENCE_POOR
    assert dict(only.figures)["record_sharpness"] == 12.0
    # The good chip does not match either: then it is not the poor record.
    both = explain(done(ReasonKey.REFERENCE_POOR, references=poor, scores=(chip, record)), ())
    assert both is not None
    assert both.key is ReasonKey.LOW_SCORE
    assert both.cause is FailureCause.PERSON
    assert {"lowest", "highest"} <= set(dict(both.figures))


def test_no_record_portrait_has_its_own_name() -> None:
    bare = (BOTH[0], ReferenceReport(Reference.RECORD, ReferenceState.ABSENT))
    assert key_of(done(ReasonKey.CHIP_NOT_AUTHENTICATED, references=bare)) == "record_missing"


def test_history_knows_other_visits_only_and_survives_a_restart(tmp_path: Path) -> None:
    now = [1000.0]
    history = CaptureHistory(tmp_path / "captures.json", lambda: now[0])
    figures = {"sharpness": 20.0, "scene_sharpness": 8.0}
    history.add(matched=False, reason="blurred", **figures)
    assert history.others() == ()
    history.next_visit()
    assert [past.reason for past in history.others()] == ["blurred"]
    again = CaptureHistory(tmp_path / "captures.json", lambda: now[0])
    assert again.others() == history.others()
    now[0] += 25 * 3600
    assert again.others() == ()
    for _ in range(KEPT * 2):
        again.next_visit()
        again.add(matched=True, reason="", **figures)
    assert (tmp_path / "captures.json").stat().st_size < 64 * 1024
    text = (tmp_path / "captures.json").read_text()
    assert set(text.split(chr(34))) & {"name", "card", "visit_id"} == set()


@given(st.binary(max_size=200))
def test_a_broken_history_is_an_empty_one(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "captures.json"
        file.write_bytes(data)
        CaptureHistory(file).others()
