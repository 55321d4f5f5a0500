"""Why a capture failed: from made figures, and from made pictures through the real judging.

More pictures, of more people, are judged in tests.benchmarks.why.
"""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.console.sentences import CaseFacts
from backend.console.sentences import explain as say_why
from kiosk.portrait.faces import Image
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
from tests.benchmarks.why import RIGHT_AT_LEAST, Bench, Person, judge
from tests.benchmarks.why_scene import Scene, detector, frames_of
from tests.benchmarks.why_tables import TESTING, TUNING
from tests.portrait.pictures import document, photograph

CLEAR = Tally(20, 180.0, 120.0, 120.0, 0.0, 1.0, 1.4)
SHARP = tuple(PastCapture(0.0, visit, True, "", 200.0, 120.0) for visit in range(5))
BLURRED = tuple(PastCapture(0.0, 9 + v, False, "blurred", 20.0, 9.0) for v in range(4))
BOTH = (
    ReferenceReport(Reference.CHIP, ReferenceState.USABLE),
    ReferenceReport(Reference.RECORD, ReferenceState.USABLE),
)


def done(key: ReasonKey | None, tally: Tally = CLEAR, **more: object) -> CaptureDone:
    reason = None if key is None else Reason(key, (("threshold", 5.58),))
    scores, between = more.pop("scores", ()), more.pop("between", None)
    decision = MatchDecision(key is None, scores, between, reason)  # type: ignore[arg-type]
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
        # Landmarks of a shaken face lie anywhere; those of a clear one do not.
        (ReasonKey.TILTED, replace(CLEAR, sharpness=20.0), SHARP, "moved"),
        (ReasonKey.TILTED, replace(CLEAR, sharpness=100.0), SHARP, "tilted"),
        (ReasonKey.TOO_FAR, replace(CLEAR, sharpness=20.0, scene_sharpness=9.0), SHARP, "blurred"),
        (ReasonKey.TOO_FAR, replace(CLEAR, sharpness=20.0), SHARP, "too_far"),
        (ReasonKey.COVERED, replace(CLEAR, sharpness=20.0), SHARP, "covered"),
        (ReasonKey.COVERED, replace(CLEAR, sharpness=20.0, eye_sharpness=20.0), SHARP, "moved"),
        (ReasonKey.COVERED, replace(CLEAR, sharpness=20.0, eye_sharpness=150.0), SHARP, "covered"),
        (ReasonKey.EYES_HIDDEN, replace(CLEAR, eye_sharpness=40.0), SHARP, "moved"),
        (ReasonKey.TILTED, replace(CLEAR, sharpness=90.0, eye_sharpness=40.0), SHARP, "moved"),
        (ReasonKey.LOW_SCORE, replace(CLEAR, eye_sharpness=40.0), SHARP, "low_score"),
        (ReasonKey.TURNED, CLEAR, SHARP, "turned"),
        # After three blurred visits it is a smear where the face is; the scene beside it is clear.
        (ReasonKey.BLURRED, replace(CLEAR, sharpness=20.0), SHARP + BLURRED, "dirty_lens"),
        (ReasonKey.BLURRED, replace(CLEAR, sharpness=20.0), SHARP + BLURRED[:2], "moved"),
        # A face that is lost is told as it looked where it was seen.
        (ReasonKey.NO_FACE, replace(CLEAR, sharpness=30.0, eye_sharpness=30.0), SHARP, "moved"),
        (ReasonKey.NO_FACE, replace(CLEAR, sharpness=30.0, eye_sharpness=130.0), SHARP, "no_face"),
        # What is all over the picture is the camera's, whatever the face looks like in it.
        (ReasonKey.LOW_SCORE, replace(CLEAR, noise=30.0), SHARP, "disturbed"),
        (ReasonKey.NO_FACE, replace(CLEAR, noise=30.0), (), "disturbed"),
        (ReasonKey.COVERED, replace(CLEAR, blocks=3.0), SHARP, "disturbed"),
        (ReasonKey.TURNED, replace(CLEAR, colour_cast=40.0), SHARP, "disturbed"),
        (ReasonKey.TURNED, replace(CLEAR, noise=8.0, blocks=1.3, colour_cast=9.0), (), "turned"),
        (ReasonKey.DARK, replace(CLEAR, noise=30.0), SHARP, "dark"),
        (ReasonKey.REFERENCES_DISAGREE, replace(CLEAR, noise=30.0), SHARP, "references_disagree"),
        (ReasonKey.LOW_SCORE, replace(CLEAR, noise=30.0, still=1.0), SHARP, "frozen"),
        (ReasonKey.DARK, replace(CLEAR, scene_sharpness=2.0), SHARP, "dark"),
    ],
)
def test_machine_capture_and_person_are_told_apart(
    key: ReasonKey, tally: Tally, others: tuple[PastCapture, ...], found: str
) -> None:
    assert key_of(done(key, tally), others) == found


@pytest.mark.parametrize(
    ("key", "grey", "found"),
    [
        (ReasonKey.DARK, 0.0, "dark"),
        (ReasonKey.OVEREXPOSED, 255.0, "overexposed"),
        (ReasonKey.NO_FACE, 120.0, "frozen"),
        (ReasonKey.DARK, 45.0, "frozen"),  # a dark face in a picture that stands still
    ],
)
def test_black_and_burnt_out_frames_are_not_a_stuck_camera(
    key: ReasonKey, grey: float, found: str
) -> None:
    scene = Measure("scene_grey", grey, "grey level", 30.0, 240.0)
    capture = done(key, replace(CLEAR, sharpness=None, still=1.0), measures=(scene,))
    assert key_of(capture) == found


def test_a_stuck_camera_is_told_with_the_number_of_frames_that_were_alike() -> None:
    reason = explain(done(ReasonKey.NO_FACE, replace(CLEAR, frames=11, still=1.0)), SHARP)
    assert reason is not None
    facts = CaseFacts("portrait_not_matched", why="frozen", figures=dict(reason.figures))
    assert "10 of 11 frames alike" in say_why(facts, "en").lead


def test_a_low_score_against_a_poor_reference_is_the_references_fault() -> None:
    soft = Measure("sharpness", 12.0, "variance", 60.0, None)
    poor = (BOTH[0], ReferenceReport(Reference.RECORD, ReferenceState.POOR, (soft,)))
    chip, record = (
        Score(which, "fused", 3.0, 5.58) for which in (Reference.CHIP, Reference.RECORD)
    )
    holds = Score(Reference.CHIP, "fused", 9.0, 5.58)
    only = explain(done(ReasonKey.REFERENCES_DISAGREE, references=poor, scores=(holds, record)), ())
    assert only is not None
    assert only.key is ReasonKey.REFERENCE_POOR
    assert dict(only.figures)["record_sharpness"] == 12.0
    assert dict(only.figures)["record_sharpness_limit"] == 60.0
    # The good chip does not match either: then it is not the poor record.
    both = explain(done(ReasonKey.REFERENCE_POOR, references=poor, scores=(chip, record)), ())
    assert both is not None
    assert both.key is ReasonKey.LOW_SCORE
    assert both.cause is FailureCause.PERSON
    assert {"lowest", "highest"} <= set(dict(both.figures))


def test_portraits_that_match_each_other_are_not_said_to_disagree() -> None:
    holds, fails = (
        Score(Reference.CHIP, "fused", 7.9, 5.58),
        Score(Reference.RECORD, "fused", 3.4, 5.58),
    )
    for between, key in ((8.3, ReasonKey.ONE_REFERENCE), (2.0, ReasonKey.REFERENCES_DISAGREE)):
        both = Score(Reference.RECORD, "fused", between, 5.58)
        capture = done(ReasonKey.REFERENCES_DISAGREE, scores=(holds, fails), between=both)
        reason = explain(capture, SHARP)
        assert reason is not None
        assert reason.key is key
        assert reason.cause is FailureCause.REFERENCE


@pytest.mark.parametrize(("highest", "key"), [(5.5, "low_score"), (8.9, "unsteady_score")])
def test_a_score_is_steadily_low_only_where_no_frame_alone_would_have_held(
    highest: float, key: str
) -> None:
    fails = Score(Reference.RECORD, "fused", 4.9, 5.58)
    tally = replace(CLEAR, lowest=-0.5, highest=highest)
    assert key_of(done(ReasonKey.LOW_SCORE, tally, scores=(fails,))) == key


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


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_a_broken_history_is_an_empty_one(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "captures.json"
        file.write_bytes(data)
        CaptureHistory(file).others()


WORDS = {
    ReasonKey.DARK: "It is the light: face or hall too dark",
    ReasonKey.OVEREXPOSED: "It is the light: the face is too bright",
    ReasonKey.BLURRED: "the camera, not the person",
    ReasonKey.DIRTY_LENS: "the lens is probably dirty",
    ReasonKey.FROZEN: "it is stuck",
    ReasonKey.DISTURBED: "The camera's picture is disturbed",
    ReasonKey.TURNED: "The face was turned away",
    ReasonKey.TILTED: "The head was leaning",
    ReasonKey.COVERED: "The face was covered",
    ReasonKey.EYES_HIDDEN: "The eyes could not be seen",
    ReasonKey.NO_FACE: "No face was seen",
    ReasonKey.MOVED: "The resident moved",
    ReasonKey.FACE_CHANGED: "The face changed during the capture",
    ReasonKey.REFERENCE_POOR: "The portrait on record or chip is poor",
    ReasonKey.RECORD_MISSING: "There is no portrait on record",
    ReasonKey.RECORD_UNUSABLE: "No face can be found in the portrait on record",
    ReasonKey.REFERENCES_DISAGREE: "do not match each other either",
    ReasonKey.ONE_REFERENCE: "matches one of the two only",
    ReasonKey.UNSTEADY_SCORE: "the score changes from frame to frame",
    ReasonKey.LOW_SCORE: "the score is steadily low",
}
"""What staff must read of each key, as they read it."""


MADE = (
    "lens covered",
    "underexposed",  # of resident b: the lighter face of a is light enough even then, and matches
    "sun in the lens",
    "out of focus (disc)",
    "streaks on the lens",
    "frozen",
    "turned the other way",
    "surgical mask",
    "leaning",
    "another steps in",
    "record missing",
    "chip of another",
    "record without a face",
    "impostor",
)
"""Some of each cause; tests.benchmarks.why has all of them, on many people."""


def near(image: Image) -> Image:
    """Cut a square about the face: somebody who stands near enough to turn and lean."""
    (face, *_) = detector().find(image)
    side = min(int(2.6 * face.height), *image.shape[:2])
    left = int(np.clip(face.x + face.width / 2 - side / 2, 0, image.shape[1] - side))
    top = int(np.clip(face.y + face.height / 2 - side / 2, 0, image.shape[0] - side))
    return np.ascontiguousarray(image[top : top + side, left : left + side])


def resident(name: str) -> Person:
    paper = cv2.imdecode(np.frombuffer(document(name), np.uint8), cv2.IMREAD_COLOR)
    return Person(name, near(photograph(name)), np.asarray(paper, np.uint8))


@pytest.mark.slow
def test_what_staff_read_is_true_of_95_in_100_made_failures() -> None:
    bench = Bench("sface")  # the quicker engine: reasons come from frames more than from scores
    people = [resident("a"), resident("b")]
    for seed, person in enumerate((*people, people[0])):
        paper = document(person.name)
        undamaged = bench.capture(frames_of(Scene(person.live), seed), None, paper)
        assert undamaged.decision.matched
        bench.usual.append(undamaged.tally)
    by_name = {damage.name: damage for damage in (*TUNING, *TESTING)}
    made = [by_name[name] for name in MADE]
    said: list[tuple[str, str, bool]] = []
    for at, damage in enumerate(made):
        told = judge(bench, damage, people[at % 2], people[1 - at % 2], at)
        assert told.reason is not None, damage.name
        facts = CaseFacts("portrait_not_matched", why=told.key, figures=dict(told.reason.figures))
        sentence = say_why(facts, "en").lead
        true = any(WORDS[key] in sentence for key in damage.keys)
        assert told.right == true, sentence
        said.append((damage.name, sentence, true))
    assert {each.cause for each in made} == {cause.value for cause in FailureCause}
    wrong = [each for each in said if not each[2]]
    assert len(said) - len(wrong) >= RIGHT_AT_LEAST * len(said), wrong
