"""The portrait worker as the runtime wants it: calls that block on a worker thread.

Feeds camera frames to the worker while a capture runs, and keeps the newest guidance for the
screen. Knows no phases and no screens.
"""

import time
from collections.abc import Callable
from threading import Condition, Event
from typing import TypeVar

from kiosk.portrait.client import PortraitWorker, WorkerSettings
from kiosk.portrait.history import CaptureHistory
from kiosk.portrait.results import (
    CaptureDone,
    GuidanceUpdate,
    ReasonKey,
    ReferencesReady,
    ReferenceState,
    Update,
    WorkerFailed,
    WorkerReady,
    WorkerReplaced,
)
from kiosk.portrait.why import explain
from kiosk.runtime.protocols import CaptureEnd, EyesSeen, Match, References
from kiosk.session.facts import Comparison
from kiosk.values import FailureCause, Frame, LivenessMode, LivenessOutcome, Reference

REFERENCES_WITHIN_S = 20.0
"""Two pictures take 0.3 s; a worker that is just being replaced takes its cold start more."""
CAMERA_SILENT_S = 3.0
"""No new frame for so long during a capture means that the camera is gone."""
DECISION_WITHIN_S = 20.0
"""A capture ends by itself in 7 s; the rest covers a replaced worker and its repeated try."""
_FRAME_AGAIN_S = 0.01
_T = TypeVar("_T")

_WITHOUT_REFERENCE = (
    ReasonKey.NO_REFERENCE,
    ReasonKey.RECORD_MISSING,
    ReasonKey.CHIP_NOT_AUTHENTICATED,
)
_UNUSABLE_REFERENCE = (ReasonKey.CHIP_UNUSABLE, ReasonKey.RECORD_UNUSABLE)
_USABLE = (ReferenceState.USABLE, ReferenceState.POOR)


class WorkerLost(Exception):
    """The portrait worker did not answer in time, even after being replaced."""


class PortraitLink:
    """Implements ``runtime.PortraitMatcher`` on a PortraitWorker and a source of frames.

    ``retry_from``: a score from here up to the threshold may be mended by another capture.
    ``history`` knows how this kiosk's captures before looked.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        latest_frame: Callable[[], Frame | None],
        retry_from: float,
        history: CaptureHistory | None = None,
    ) -> None:
        self._latest_frame = latest_frame
        self._retry_from = retry_from
        self._liveness_required = settings.liveness.mode is LivenessMode.REQUIRED
        # A lost worker's decision is repeated from its frames, but moves must be seen again.
        self._feed_to_the_end = settings.liveness.mode is not LivenessMode.OFF
        self._decision_within_s = DECISION_WITHIN_S
        if settings.liveness.mode is not LivenessMode.OFF:
            # Each move has its time, and so has each look straight ahead, before and after.
            moves = 2 * settings.liveness.moves + 1
            self._decision_within_s += moves * settings.liveness.move_within_s
        self._history = history or CaptureHistory()
        self._changed = Condition()
        self._references: ReferencesReady | None = None
        self._guidance: GuidanceUpdate | None = None
        self._done: CaptureDone | None = None
        self._ready: WorkerReady | WorkerFailed | None = None
        self._failure: str | None = None
        self._worker = PortraitWorker(settings, on_update=self._on_update)

    def start(self) -> None:
        """Start the worker's process."""
        self._worker.start()

    def close(self) -> None:
        """End the worker's process."""
        self._worker.close()

    def wait_until_ready(self, timeout_s: float) -> WorkerReady | WorkerFailed | None:
        """Return how the worker's start ended; None while it is still starting."""
        with self._changed:
            self._changed.wait_for(lambda: self._ready is not None, timeout_s)
            return self._ready

    def failure(self) -> str | None:
        """Return why no worker can be started; None while one runs or is being started."""
        with self._changed:
            return self._failure

    def guidance(self) -> GuidanceUpdate | None:
        """Return what to show over the live picture now; None outside a capture."""
        with self._changed:
            return self._guidance

    def set_references(
        self,
        chip: bytes | None,
        record: bytes | None,
        *,
        case: bytes | None = None,
        chip_authenticated: bool,
    ) -> References:
        """Give the worker this visit's portraits. Raises WorkerLost."""
        with self._changed:
            self._references = None
        self._worker.set_references(chip, record, case=case, chip_authenticated=chip_authenticated)
        ready = self._await(
            lambda: self._references, REFERENCES_WITHIN_S, "the references were not looked at"
        )
        states = {report.reference: report.state for report in ready.reports}
        return References(
            chip=states.get(Reference.CHIP) in _USABLE,
            record=states.get(Reference.RECORD) in _USABLE,
        )

    def capture(self, attempt: int, cancel: Event) -> CaptureEnd:
        """Feed frames until the wanted ones are there or the capture ended in vain."""
        with self._changed:
            self._done = self._guidance = None
        number = self._worker.begin_capture()
        try:
            return self._feed(number, cancel)
        finally:
            with self._changed:
                self._guidance = None

    def compare(self, attempt: int) -> Match:
        """Return the comparison of the capture that just ended. Raises WorkerLost."""
        done = self._await(
            lambda: self._done, self._decision_within_s, "the comparison did not end"
        )
        references = self._references.reports if self._references else ()
        seen = [
            ("live", done.eyes),
            *(
                (report.reference.value, report.eyes)
                for report in references
                if report.reference is not Reference.CASE  # staff have that one in its own case
            ),
        ]
        return Match(
            self._comparison(done),
            done.portrait or None,
            tuple(
                EyesSeen(portrait, (eyes.left_x, eyes.left_y), (eyes.right_x, eyes.right_y))
                for portrait, eyes in seen
                if eyes is not None
            ),
            done.decision.references,
        )

    def forget(self) -> None:
        """Forget all of this visit, here and in the worker."""
        with self._changed:
            self._references = self._guidance = self._done = None
        self._history.next_visit()
        self._worker.forget()

    def _feed(self, number: int, cancel: Event) -> CaptureEnd:
        fed, fed_at = -1, time.monotonic()
        deadline = fed_at + self._decision_within_s
        while not cancel.is_set() and time.monotonic() < deadline:
            frame = self._latest_frame()
            now = time.monotonic()
            if frame is not None and frame.number != fed:
                fed, fed_at = frame.number, now
                self._worker.submit_frame(frame)
            elif now - fed_at > CAMERA_SILENT_S:
                break
            with self._changed:
                self._changed.wait(_FRAME_AGAIN_S)
                if self._done is not None and self._done.capture == number:
                    # One that came to nothing is compared too: its reason is what staff need.
                    return CaptureEnd(captured=True)
                complete = self._guidance is not None and self._guidance.progress >= 1.0
            if complete and not self._feed_to_the_end:
                return CaptureEnd(captured=True)
        camera_lost = not cancel.is_set() and time.monotonic() - fed_at > CAMERA_SILENT_S
        self._worker.end_capture()
        return CaptureEnd(captured=False, camera_lost=camera_lost)

    def _await(self, get: Callable[[], _T | None], timeout_s: float, what: str) -> _T:
        with self._changed:
            self._changed.wait_for(lambda: get() is not None, timeout_s)
            value = get()
        if value is None:
            raise WorkerLost(f"{what} in {timeout_s:.0f} s")
        return value

    def _comparison(self, done: CaptureDone) -> Comparison:
        decision = done.decision
        reason = explain(done, self._history.others())
        self._history.add(
            matched=decision.matched,
            reason="" if reason is None else reason.key.value,
            sharpness=done.tally.sharpness,
            scene_sharpness=done.tally.scene_sharpness,
        )
        key = decision.reason.key if decision.reason else None
        cause = reason.cause if reason else None
        retry_helps = self._retry_helps(done, cause)
        return Comparison(
            matched=decision.matched,
            scores=decision.scores,
            measures=done.measures,
            model=done.model,
            model_sha256=done.model_sha256,
            cause=cause,
            disagree=key is ReasonKey.REFERENCES_DISAGREE and not retry_helps,
            no_reference=key in (*_WITHOUT_REFERENCE, *_UNUSABLE_REFERENCE),
            retry_helps=retry_helps,
            reason="" if reason is None else reason.key.value,
            figures=() if reason is None else reason.figures,
            frames=done.frame_numbers,
            liveness=done.liveness,
            liveness_alarm=self._liveness_alarm(done),
        )

    def _liveness_alarm(self, done: CaptureDone) -> bool:
        """Say whether a person must see the resident: required, compared, and not passed."""
        if not self._liveness_required or not (done.decision.scores or done.liveness):
            return False
        return done.liveness is None or done.liveness.outcome is not LivenessOutcome.PASSED

    def _retry_helps(self, done: CaptureDone, cause: FailureCause | None) -> bool:
        """Say whether another capture may hold: this one was bad, or its score just too low.

        A clearly low score of good pictures cannot: more tries would only raise the chance
        of an impostor and keep an honest resident from the person who can help. Nor can portraits
        of chip and record that contradict each other.
        """
        if cause in (FailureCause.MACHINE, FailureCause.CAPTURE):
            return True
        decision, scores = done.decision, done.decision.scores
        between = decision.references
        contradict = between is not None and not between.accepted
        if decision.reason is not None and decision.reason.key is ReasonKey.NOT_OF_CASE:
            # Whether chip and record hold is no matter of this one.
            scores = tuple(score for score in scores if score.reference is Reference.CASE)
            contradict = False
        return (
            not decision.matched
            and bool(scores)
            and not contradict
            and all(score.score >= self._retry_from for score in scores)
        )

    def _on_update(self, update: Update) -> None:
        with self._changed:
            match update:
                case ReferencesReady():
                    self._references = update
                case GuidanceUpdate():
                    self._guidance = update
                case CaptureDone():
                    self._done = update
                case WorkerReady():
                    self._ready, self._failure = update, None
                case WorkerFailed():
                    self._ready, self._failure = update, update.error
                case WorkerReplaced():
                    self._failure = None
            self._changed.notify_all()
