"""The worker process with real models: matches, rejections, start, end, garbage."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.faces import FaceDetector, Image
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.messages import Tick, format_message
from kiosk.portrait.results import (
    CaptureDone,
    GuidanceUpdate,
    ReasonKey,
    ReferencesReady,
    ReferenceState,
    WorkerFailed,
    WorkerReady,
    WorkerReplaced,
)
from kiosk.portrait.slot_file import load_slot
from kiosk.values import (
    FailureCause,
    Frame,
    HeadMove,
    Hint,
    LivenessMode,
    LivenessOutcome,
    Reference,
)
from tests.portrait.driven import PATIENCE_S, PATIENT, Kiosk, open_kiosk
from tests.portrait.heads import step_closer, turn_head
from tests.portrait.pictures import PORTRAITS, ROOT, crowd, document, frame, moment


def wall(index: int) -> Image:
    return np.full((720, 1280, 3), 100 + index, np.uint8)


def test_same_person_matches_and_another_does_not(kiosk: Kiosk) -> None:
    kiosk.references(document("a"), document("a"))
    done = kiosk.capture(lambda index: moment("a", index))
    assert done.decision.matched
    assert {score.reference for score in done.decision.scores} == {Reference.CHIP, Reference.RECORD}
    assert all(score.score > score.threshold + 2 for score in done.decision.scores)
    assert {name for name, _ in done.decision.scores[0].values} == {"sface", "dlib_resnet"}
    assert len(done.frame_numbers) == 5
    assert done.best_frame.startswith(b"\xff\xd8")
    assert done.portrait.startswith(b"\xff\xd8")
    assert len(done.model_sha256) == 64
    assert all(measure.ok for measure in done.measures)

    kiosk.references(document("a"), document("a"))
    done = kiosk.capture(lambda index: moment("b", index))
    assert not done.decision.matched
    assert done.decision.cause is FailureCause.PERSON
    assert done.decision.reason is not None
    assert done.decision.reason.key is ReasonKey.LOW_SCORE


def test_record_of_another_person_disagrees_with_the_chip(kiosk: Kiosk) -> None:
    kiosk.references(document("a"), document("b"), authenticated=True)
    done = kiosk.capture(lambda index: moment("a", index))
    assert not done.decision.matched
    assert done.decision.reason is not None
    assert done.decision.reason.key is ReasonKey.REFERENCES_DISAGREE
    accepted = {score.reference: score.accepted for score in done.decision.scores}
    assert accepted == {Reference.CHIP: True, Reference.RECORD: False}
    assert done.decision.references is not None
    assert not done.decision.references.accepted


def test_the_portrait_of_a_case_is_one_more_reference_until_it_is_forgotten(kiosk: Kiosk) -> None:
    def taken_up(case: bytes | None) -> CaptureDone:
        kiosk.worker.set_references(document("a"), document("a"), case=case)
        kiosk.wait(ReferencesReady)
        return kiosk.capture(lambda index: moment("a", index))

    same, other = taken_up(document("a")), taken_up(document("b"))
    assert same.decision.matched
    assert {score.reference for score in same.decision.scores} == set(Reference)
    assert other.decision.reason is not None
    assert other.decision.reason.key is ReasonKey.NOT_OF_CASE
    kiosk.worker.forget()
    assert taken_up(None).decision.matched


def test_chip_without_authentication_is_not_enough_alone(kiosk: Kiosk) -> None:
    kiosk.references(document("a"), None)
    done = kiosk.capture(lambda index: moment("a", index))
    assert done.decision.scores[0].accepted
    assert not done.decision.matched
    assert done.decision.reason is not None
    assert done.decision.reason.key is ReasonKey.CHIP_NOT_AUTHENTICATED


def test_broken_reference_is_told(kiosk: Kiosk) -> None:
    states = kiosk.references(document("a")[:3000], b"\xff\xd8\xff" + bytes(500))
    assert states[Reference.RECORD] is ReferenceState.UNREADABLE
    assert states[Reference.CHIP] in (ReferenceState.UNREADABLE, ReferenceState.NO_FACE)


def test_huge_picture_is_refused_before_it_is_unpacked(own_kiosk: Kiosk) -> None:
    before = own_kiosk.worker.process_id
    done, bomb = cv2.imencode(".png", np.zeros((9000, 9000, 3), np.uint8))
    assert done
    states = own_kiosk.references(bomb.tobytes(), None)
    assert states[Reference.CHIP] is ReferenceState.UNREADABLE
    assert own_kiosk.worker.process_id == before
    status = Path(f"/proc/{before}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    assert int(line.split()[1]) / 1024 < 400  # 9000 x 9000 pixels alone would be 243 MB


def test_another_person_who_steps_in_is_noticed(kiosk: Kiosk) -> None:
    kiosk.references(None, document("a"))
    first = kiosk.feeder(lambda index: moment("a", index))
    second = kiosk.feeder(lambda index: moment("b", index))
    kiosk.worker.begin_capture()

    def feed() -> None:
        halfway = any(update.progress >= 0.4 for update in kiosk.guidance())
        (second if halfway else first)()

    done = kiosk.wait(CaptureDone, feed)
    assert not done.decision.matched
    assert done.decision.reason is not None
    assert done.decision.reason.key is ReasonKey.FACE_CHANGED
    assert done.decision.cause is FailureCause.CAPTURE


@pytest.mark.parametrize(
    ("picture", "hint", "key"),
    [
        (wall, Hint.LOOK_AT_CAMERA, ReasonKey.NO_FACE),
        (lambda i: frame("a", light=0.3, seed=i), Hint.MORE_LIGHT, ReasonKey.DARK),
        (lambda i: frame("b", blur=9, seed=i, noise=1), Hint.HOLD_STILL, ReasonKey.BLURRED),
        (lambda _: crowd(), Hint.ONE_PERSON, ReasonKey.SEVERAL_FACES),
        (lambda i: frame("b", scale=0.4, seed=i), Hint.COME_CLOSER, ReasonKey.TOO_FAR),
    ],
    ids=["nobody", "dark", "blurred", "two", "far"],
)
def test_bad_capture_hints_and_says_why(
    hasty_kiosk: Kiosk, picture: Callable[[int], Image], hint: Hint, key: ReasonKey
) -> None:
    hasty_kiosk.references(None, document("a"))
    done = hasty_kiosk.capture(picture)
    assert not done.decision.matched
    assert done.decision.reason is not None
    assert done.decision.reason.key is key
    assert done.decision.scores == ()
    assert {update.hint for update in hasty_kiosk.guidance()} == {hint}


def test_no_frames_end_in_time_and_are_the_machines_fault(hasty_kiosk: Kiosk) -> None:
    hasty_kiosk.references(None, document("a"))
    hasty_kiosk.worker.begin_capture()
    done = hasty_kiosk.wait(CaptureDone)
    assert done.decision.cause is FailureCause.MACHINE
    assert done.decision.reason is not None
    assert done.decision.reason.key is ReasonKey.NO_FRAMES


def test_nothing_of_a_visit_comes_after_forget(kiosk: Kiosk) -> None:
    kiosk.references(None, document("a"))
    feed = kiosk.feeder(lambda index: moment("a", index))
    kiosk.worker.begin_capture()
    kiosk.wait(GuidanceUpdate, feed)
    kiosk.worker.forget()
    kiosk.heard.clear()
    feed()
    kiosk.worker.begin_capture()
    done = kiosk.wait(CaptureDone, feed)
    assert done.decision.reason is not None
    assert done.decision.reason.key is ReasonKey.NO_REFERENCE  # the old reference is gone
    assert not any(isinstance(update, ReferencesReady) for update in kiosk.heard)


def test_ended_capture_tells_nothing_more(kiosk: Kiosk) -> None:
    kiosk.references(None, document("a"))
    feed = kiosk.feeder(lambda index: moment("a", index))
    first = kiosk.worker.begin_capture()
    kiosk.wait(GuidanceUpdate, feed)
    kiosk.worker.end_capture()
    kiosk.worker.poll()
    kiosk.heard.clear()
    second = kiosk.worker.begin_capture()
    kiosk.wait(CaptureDone, feed)
    captures = {u.capture for u in kiosk.heard if isinstance(u, GuidanceUpdate | CaptureDone)}
    assert captures == {second}
    assert second != first


def test_missing_model_is_one_clear_line(tmp_path: Path) -> None:
    kiosk = open_kiosk(WorkerSettings(models=tmp_path))
    error = kiosk.wait(WorkerFailed).error
    kiosk.worker.close()
    assert "\n" not in error
    assert "fused/model.toml" in error


def test_start_runs_the_self_test() -> None:
    kiosk = open_kiosk(WorkerSettings(self_test=PORTRAITS))
    ready = kiosk.wait(WorkerReady)
    kiosk.worker.close()
    assert "resident_a/resident_b" in ready.self_test
    print(f"ready in {ready.start_s:.2f} s")


def test_close_ends_the_process() -> None:
    kiosk = open_kiosk(WorkerSettings())
    kiosk.wait(WorkerReady)
    pid = kiosk.worker.process_id
    assert pid is not None
    kiosk.worker.close()
    kiosk.worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_wrong_frame_is_refused_at_once(kiosk: Kiosk) -> None:
    kiosk.worker.begin_capture()
    with pytest.raises(ValueError, match="uint8"):
        kiosk.worker.submit_frame(Frame(np.zeros((10, 10), np.uint8), 0.0, 1))


def test_memory_stays_bounded(own_kiosk: Kiosk) -> None:
    for _ in range(2):
        own_kiosk.references(document("a"), document("a"))
        own_kiosk.capture(lambda index: moment("a", index))
        own_kiosk.worker.forget()
    status = Path(f"/proc/{own_kiosk.worker.process_id}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    peak_mb = int(line.split()[1]) / 1024
    print(f"worker peak {peak_mb:.0f} MB")
    assert peak_mb < 600


def run_raw(*parts: bytes) -> subprocess.CompletedProcess[bytes]:
    """Start the worker bare, send bytes, close the line, and wait for its end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "kiosk.portrait.worker", "--fd", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            stderr=subprocess.PIPE,
        )
        theirs.close()
        for part in parts:
            ours.sendall(part)
        ours.shutdown(socket.SHUT_WR)
        _, errors = process.communicate(timeout=PATIENCE_S)
    return subprocess.CompletedProcess([], process.returncode, b"", errors)


def test_worker_ends_at_the_end_of_the_line() -> None:
    assert run_raw().returncode == 0


@pytest.mark.parametrize(
    ("garbage", "says"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", b"bad start or size"),
        (b"PRT1" + b"\xff" * 8, b"bad start or size"),
        (b"PRT1\0\0\0\x04\0\0\0\0[[[[", b"not a message"),
        (b"".join(format_message(Tick()))[:-1] + b"!", b"not a message"),
    ],
)
def test_garbage_ends_the_worker_with_one_line(garbage: bytes, says: bytes) -> None:
    ended = run_raw(garbage)
    assert ended.returncode == 1
    assert says in ended.stderr
    assert b"Traceback" not in ended.stderr


@pytest.mark.slow
def test_the_challenge_is_asked_through_the_worker_and_followed() -> None:
    """The moves reach the screen's side as guidance, their grades come with the capture."""
    ahead = frame("a", scale=1.8)
    detector = FaceDetector(load_slot(ROOT / "assets" / "models" / "yunet" / "model.toml"))
    (face,) = detector.find(ahead)
    shows = {
        None: ahead,
        HeadMove.TURN_LEFT: turn_head(ahead, face, 60),
        HeadMove.TURN_RIGHT: turn_head(ahead, face, -45),
        HeadMove.COME_CLOSER: step_closer(ahead, face, 1.45),
    }
    liveness = LivenessLimits(LivenessMode.REQUIRED, move_within_s=30.0)
    kiosk = open_kiosk(WorkerSettings(engine="sface", limits=PATIENT, liveness=liveness))
    kiosk.wait(WorkerReady)
    kiosk.references(None, document("a"))
    kiosk.worker.begin_capture()
    numbers = count()

    def feed() -> None:
        told = kiosk.guidance()
        number = next(numbers)
        image = shows[told[-1].move if told else None]
        grain = np.random.default_rng(number).normal(0, 2, image.shape)
        noisy = np.clip(image + grain, 0, 255).astype(np.uint8)
        kiosk.worker.submit_frame(Frame(noisy, time.monotonic(), number))

    done = kiosk.wait(CaptureDone, feed)
    kiosk.worker.close()
    assert done.liveness is not None
    assert done.liveness.outcome is LivenessOutcome.PASSED, done.liveness
    # On a machine that stands still the worker may be replaced; the new one asks for moves anew.
    lost = [place for place, update in enumerate(kiosk.heard) if isinstance(update, WorkerReplaced)]
    asked = list(dict.fromkeys(u.move for u in kiosk.guidance(lost[-1] if lost else 0) if u.move))
    assert tuple(asked) == done.liveness.moves, kiosk.heard
    assert done.decision.matched
