"""The worker process is lost: killed, stopped, spinning; another takes over, or a person."""

import os
import signal
import threading

import pytest

from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.messages import Request, SetReferences
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
from kiosk.values import (
    FailureCause,
    Reference,
)
from tests.portrait.disturbed import SPIN, Disturber
from tests.portrait.driven import PATIENCE_S, PATIENT, Kiosk, open_kiosk
from tests.portrait.pictures import document, moment


def lose_worker_in_capture(kiosk: Kiosk, how: signal.Signals) -> None:
    kiosk.references(None, document("a"))
    feed = kiosk.feeder(lambda index: moment("a", index))
    kiosk.worker.begin_capture()
    kiosk.wait(GuidanceUpdate, feed)
    old = kiosk.worker.process_id
    assert old is not None
    os.kill(old, how)
    replaced = kiosk.wait(WorkerReplaced, feed)
    print(f"{how.name}: replaced in {replaced.replaced_s:.2f} s ({replaced.why})")
    done = kiosk.wait(CaptureDone, feed)
    assert done.decision.matched
    assert kiosk.worker.process_id != old
    with pytest.raises(ProcessLookupError):
        os.kill(old, 0)  # gone and reaped


def test_killed_worker_is_replaced_and_the_try_repeated(kiosk: Kiosk) -> None:
    lose_worker_in_capture(kiosk, signal.SIGKILL)


def test_hung_worker_is_replaced_and_the_try_repeated(kiosk: Kiosk) -> None:
    lose_worker_in_capture(kiosk, signal.SIGSTOP)


@pytest.mark.parametrize(
    ("request_kind", "how"),
    [("SubmitFrame", SPIN), ("Prepare", SPIN), ("Decide", SPIN), ("Decide", "SIGSTOP")],
)
def test_a_worker_that_hangs_is_noticed_within_its_own_second(
    disturber: Disturber, own_kiosk: Kiosk, request_kind: str, how: str
) -> None:
    """What spins is judged by its own processor time: the bound holds on a busy machine too."""
    own_kiosk.references(None, document("a"))
    feed = own_kiosk.feeder(lambda index: moment("a", index))
    disturber.order(request_kind, how)
    own_kiosk.worker.begin_capture()
    replaced = own_kiosk.wait(WorkerReplaced, feed)
    took_s = disturber.since_s()
    print(f"{how} in {request_kind}: replaced after {took_s:.2f} s, of {replaced.replaced_s:.2f}")
    if how == SPIN:
        assert disturber.spun_s() < 1.3
    else:
        assert took_s - replaced.replaced_s < 3.0  # 0.6 s; it was 5 s
    assert own_kiosk.wait(CaptureDone, feed).decision.matched


def test_a_worker_that_hangs_at_its_start_is_replaced(disturber: Disturber) -> None:
    disturber.order("Configure", "SIGSTOP")
    opened = open_kiosk(WorkerSettings(limits=PATIENT))
    try:
        opened.wait(WorkerReady)
        took_s = disturber.since_s()
        print(f"SIGSTOP in Configure: another was ready after {took_s:.2f} s")
        assert any(isinstance(update, WorkerFailed) for update in opened.heard)
        assert took_s < 8.0  # 1.3 s; it was 21 s
    finally:
        opened.worker.close()


def test_an_answer_that_comes_after_its_visit_is_told_to_nobody(
    own_kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, ended = own_kiosk.worker, threading.Event()
    exchange = worker._exchange

    def end_the_visit_first(request: Request, visit: int) -> None:
        if isinstance(request, SetReferences) and not ended.is_set():
            worker.forget()
            ended.set()
        exchange(request, visit)

    monkeypatch.setattr(worker, "_exchange", end_the_visit_first)
    worker.set_references(None, document("a"))
    assert ended.wait(PATIENCE_S)
    assert own_kiosk.references(document("a"), None)[Reference.CHIP] is ReferenceState.USABLE
    ready = [update for update in own_kiosk.heard if isinstance(update, ReferencesReady)]
    assert len(ready) == 1


def test_a_lost_decision_is_repeated_from_the_frames_that_were_kept(
    disturber: Disturber, own_kiosk: Kiosk
) -> None:
    own_kiosk.references(None, document("a"))
    feed = own_kiosk.feeder(lambda index: moment("a", index))
    disturber.order("Decide", "SIGKILL")
    own_kiosk.worker.begin_capture()

    def feed_until_lost() -> None:
        if not disturber.carried_out:
            feed()

    done = own_kiosk.wait(CaptureDone, feed_until_lost)
    assert done.decision.matched
    assert len(done.frame_numbers) == 5
    told = own_kiosk.guidance()
    assert set(done.frame_numbers) <= {update.frame_number for update in told if update.good}
    assert done.portrait.startswith(b"\xff\xd8")
    assert any(isinstance(update, WorkerReplaced) for update in own_kiosk.heard)
    assert own_kiosk.worker._handover.held == {}  # pictures of a try that is over are gone


def test_the_frames_held_for_a_decision_are_few_and_gone_with_the_visit(kiosk: Kiosk) -> None:
    kiosk.references(None, document("a"))
    feed = kiosk.feeder(lambda index: moment("a", index))
    kiosk.worker.begin_capture()
    while not any(update.progress >= 0.4 for update in kiosk.guidance()):
        kiosk.wait(GuidanceUpdate, feed)
        assert len(kiosk.worker._handover.held) <= PATIENT.best_frames + 1
    assert kiosk.worker._handover.held
    kiosk.worker.forget()
    assert kiosk.worker._handover.held == {}


def test_worker_killed_while_idle_is_there_again(kiosk: Kiosk) -> None:
    assert kiosk.worker.process_id is not None
    os.kill(kiosk.worker.process_id, signal.SIGKILL)
    kiosk.wait(WorkerReplaced)
    assert kiosk.references(None, document("a"))[Reference.RECORD] is ReferenceState.USABLE


def test_pictures_that_kill_every_worker_end_with_a_person(own_kiosk: Kiosk) -> None:
    own_kiosk.references(None, document("a"))
    own_kiosk.worker.begin_capture()

    def kill() -> None:
        if own_kiosk.worker.process_id is not None:
            os.kill(own_kiosk.worker.process_id, signal.SIGKILL)

    done = own_kiosk.wait(CaptureDone, kill)
    assert not done.decision.matched
    assert done.decision.reason is not None
    assert done.decision.reason.key is ReasonKey.WORKER_LOST
    assert done.decision.cause is FailureCause.MACHINE
