"""The link's words to the session: an alarm, a reason, what another capture may mend."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from kiosk.app.portrait_link import PortraitLink
from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.decision import decide
from kiosk.portrait.history import CaptureHistory
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.results import (
    CaptureDone,
    GuidanceUpdate,
    MatchDecision,
    Reason,
    ReasonKey,
    ReferenceState,
    WorkerReady,
)
from kiosk.portrait.tally import Tally
from kiosk.runtime.protocols import CaptureEnd
from kiosk.session.facts import Comparison
from kiosk.values import (
    FailureCause,
    Frame,
    Hint,
    Liveness,
    LivenessMode,
    LivenessOutcome,
    Reference,
    Score,
)
from tests.portrait.disturbed import SPIN, Disturber
from tests.portrait.pictures import document, moment

HELD = Score(Reference.RECORD, "fused", 9.0, 5.58)
MATCHED = CaptureDone(
    1, MatchDecision(True, (HELD,), None, None), (), "fused", "0" * 64, b"", b"", (4, 9), 0.1
)


def told(
    done: CaptureDone, mode: LivenessMode, history: CaptureHistory | None = None
) -> Comparison:
    """Give the link a finished capture and ask for the comparison."""
    settings = WorkerSettings(liveness=LivenessLimits(mode))
    link = PortraitLink(settings, lambda: None, 5.2, history)
    link._on_update(done)
    return link.compare(1).comparison


def alive(outcome: LivenessOutcome) -> Liveness:
    return Liveness(outcome, "", (), ())


@pytest.mark.parametrize(
    ("mode", "liveness", "alarm"),
    [
        (LivenessMode.OFF, None, False),
        (LivenessMode.ADVISORY, alive(LivenessOutcome.ALARM), False),
        (LivenessMode.ADVISORY, None, False),
        (LivenessMode.REQUIRED, alive(LivenessOutcome.PASSED), False),
        (LivenessMode.REQUIRED, alive(LivenessOutcome.UNDETERMINED), True),
        (LivenessMode.REQUIRED, alive(LivenessOutcome.ALARM), True),
        (LivenessMode.REQUIRED, None, True),
    ],
)
def test_only_a_required_liveness_that_did_not_pass_is_an_alarm(
    mode: LivenessMode, liveness: Liveness | None, alarm: bool
) -> None:
    comparison = told(replace(MATCHED, liveness=liveness), mode)
    assert comparison.liveness_alarm is alarm
    assert comparison.matched  # it decides nothing by itself
    assert comparison.liveness == liveness
    assert comparison.frames == (4, 9)


@pytest.mark.parametrize(
    ("chip", "record", "between", "again", "disagree"),
    [
        # Just below one limit of two: another capture may mend it, as with a single reference.
        (7.9, 5.41, 8.3, True, False),
        (7.9, 3.40, 8.3, False, True),
        (7.9, 5.41, 2.0, False, True),  # the portraits themselves are of two people
        (5.40, 5.41, 8.3, True, False),
        (5.40, 3.40, 8.3, False, False),
    ],
)
def test_another_capture_may_mend_what_lies_just_below_the_limit(
    chip: float, record: float, between: float, again: bool, disagree: bool
) -> None:
    scores = (
        Score(Reference.CHIP, "fused", chip, 5.58),
        Score(Reference.RECORD, "fused", record, 5.58),
    )
    decision = decide(
        scores,
        Score(Reference.RECORD, "fused", between, 5.58),
        dict.fromkeys((Reference.CHIP, Reference.RECORD), ReferenceState.USABLE),
        chip_authenticated=True,
    )
    comparison = told(replace(MATCHED, decision=decision), LivenessMode.OFF)
    assert not comparison.matched
    assert comparison.retry_helps is again
    assert comparison.disagree is disagree


@pytest.mark.parametrize(("like", "again"), [(5.41, True), (3.0, False), (None, False)])
def test_the_cases_own_portrait_alone_says_whether_another_capture_may_be_like_it(
    like: float | None, again: bool
) -> None:
    record = Score(Reference.RECORD, "fused", 1.0, 5.58)
    case = () if like is None else (Score(Reference.CASE, "fused", like, 5.58),)
    decision = decide(
        (record, *case),
        Score(Reference.RECORD, "fused", 1.0, 5.58),
        dict.fromkeys(Reference, ReferenceState.USABLE),
        chip_authenticated=False,
    )
    comparison = told(replace(MATCHED, decision=decision), LivenessMode.OFF)
    assert comparison.reason == "not_of_case"
    assert comparison.retry_helps is again
    assert not comparison.disagree


def test_a_capture_that_came_to_nothing_is_no_alarm() -> None:
    decision = MatchDecision(False, (), None, Reason(ReasonKey.DARK))
    comparison = told(replace(MATCHED, decision=decision), LivenessMode.REQUIRED)
    assert not comparison.liveness_alarm
    assert comparison.retry_helps
    assert comparison.reason == "dark"
    assert comparison.cause is FailureCause.MACHINE


def test_the_visits_before_make_the_sentence_and_a_visit_does_not_count_itself() -> None:
    history = CaptureHistory()
    decision = MatchDecision(False, (), None, Reason(ReasonKey.BLURRED))
    blurred = replace(MATCHED, decision=decision, tally=Tally(9, 18.0, 110.0, 7.0))
    keys = []
    for visit in range(5):
        keys += [told(blurred, LivenessMode.OFF, history).reason for _ in range(2)]
        if visit < 4:
            history.next_visit()
    assert keys == ["blurred"] * 6 + ["dirty_lens"] * 4


class Camera:
    """Somebody who sways a little before a camera of 30 frames a second."""

    def __init__(self) -> None:
        self._pictures = [moment("a", index) for index in range(12)]
        self._began_s = time.monotonic()

    def latest(self) -> Frame:
        now = time.monotonic()
        number = int((now - self._began_s) * 30)
        return Frame(self._pictures[number % len(self._pictures)], now, number)


@pytest.fixture
def disturber(tmp_path: Path) -> Iterator[Disturber]:
    with Disturber(tmp_path).installed() as made:
        yield made


@pytest.fixture
def link(disturber: Disturber) -> Iterator[PortraitLink]:
    """A real worker that can be disturbed, behind a link with a real camera's pace."""
    limits = PortraitLimits(capture_timeout_s=20.0, prepare_s=0.0)
    opened = PortraitLink(WorkerSettings(limits=limits), Camera().latest, 5.2)
    opened.start()
    assert isinstance(opened.wait_until_ready(60.0), WorkerReady)
    yield opened
    opened.close()


@pytest.mark.parametrize("how", ["SIGKILL", "SIGSTOP", SPIN])
def test_a_worker_lost_while_deciding_costs_no_try(
    disturber: Disturber, link: PortraitLink, how: str
) -> None:
    link.set_references(None, document("a"), chip_authenticated=False)
    disturber.order("Decide", how)
    assert link.capture(1, Event()).captured
    comparison = link.compare(1).comparison
    assert disturber.carried_out
    print(f"{how} at the decision: compared after {disturber.since_s():.2f} s")
    assert comparison.matched, comparison.reason
    assert comparison.reason == ""
    assert len(comparison.frames) == 5


@pytest.mark.parametrize("mode", [LivenessMode.OFF, LivenessMode.REQUIRED])
def test_frames_are_fed_until_the_decision_where_moves_cannot_be_repeated(
    mode: LivenessMode,
) -> None:
    link = PortraitLink(WorkerSettings(liveness=LivenessLimits(mode)), Camera().latest, 5.2)
    complete = GuidanceUpdate(1, Hint.GOOD, None, 1.0, (), 1, good=True)
    ends: list[CaptureEnd] = []
    capture = Thread(target=lambda: ends.append(link.capture(1, Event())))
    capture.start()
    first = fed_after(link, -1)
    link._on_update(complete)
    if mode is LivenessMode.REQUIRED:
        second = fed_after(link, first)
        assert fed_after(link, second) > second
        link._on_update(MATCHED)
    capture.join(60.0)
    assert [end.captured for end in ends] == [True]


def fed_after(link: PortraitLink, number: int) -> int:
    """Return the number of a frame that was fed after this one."""
    until_s = time.monotonic() + 60.0
    while time.monotonic() < until_s:
        frame = link._worker._frame
        if frame is not None and frame.number > number:
            return frame.number
        time.sleep(0.01)
    pytest.fail("no frame was fed")
