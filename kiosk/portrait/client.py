"""The kiosk's side of the portrait worker: a small, thread-safe object.

One thread of its own starts the worker, speaks with it, and replaces it when it dies or does
not answer in time; references and capture are told to the new one and the try is repeated.
No call here waits for the worker.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import kiosk
from kiosk.portrait.capture import CaptureState
from kiosk.portrait.encoded import MAX_ENCODED_BYTES
from kiosk.portrait.handover import Handover
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.messages import (
    MAX_BLOB_BYTES,
    Answer,
    Configure,
    Decide,
    Done,
    Forget,
    Judged,
    MessageError,
    Prepare,
    Prepared,
    ReportReferences,
    Request,
    SetReferences,
    SubmitFrame,
    Tick,
)
from kiosk.portrait.process import WorkerProcess
from kiosk.portrait.results import (
    CaptureDone,
    GuidanceUpdate,
    MatchDecision,
    Reason,
    ReasonKey,
    ReferencesReady,
    Update,
    WorkerFailed,
    WorkerReady,
    WorkerReplaced,
)
from kiosk.values import Frame, LivenessMode

log = logging.getLogger("kiosk.portrait")

_TICK_S = 0.2  # without frames the worker is asked this often during a capture
_IDLE_TICK_S = 0.5  # and otherwise, so that a dead worker is noticed before it is needed
_END_WITHIN_S = 1.0
_UPDATES_KEPT = 256
_LOSSES_TOLERATED = 3  # by one visit; then it is the visit's pictures that kill it
_PIECES_MOST = 1000  # of one comparison, there are some ten; of two references six
_RETRY_S = (0.2, 5.0, 30.0)  # pauses while no worker can be started


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How the worker is set up. ``self_test`` names the folder of known portraits, if any.

    The times of answers are of the worker's own processor time, so that they need not grow with
    what else runs on the machine.
    """

    models: Path = Path(kiosk.__file__).parents[1] / "assets" / "models"
    engine: str = "fused"
    fmr: float = 0.0001
    limits: PortraitLimits = field(default_factory=PortraitLimits)
    liveness: LivenessLimits = field(default_factory=LivenessLimits)
    self_test: Path | None = None
    start_within_s: float = 8.0  # a start with its self-test takes 0.5 s
    answer_within_s: float = 0.6  # a frame or a piece takes 0.03 to 0.1 s, a large picture 0.3 s
    decide_within_s: float = 0.9  # a prepared decision takes 0.1 s


class PortraitWorker:
    """Guides a capture and compares it with the references, in a process of its own.

    Updates come through ``poll`` and, where given, ``on_update`` (called on the worker's
    thread; it must not block).
    """

    def __init__(
        self,
        settings: WorkerSettings | None = None,
        on_update: Callable[[Update], None] | None = None,
    ) -> None:
        self._settings = settings or WorkerSettings()
        self._on_update = on_update
        self._changed = threading.Condition()
        self._updates: deque[Update] = deque(maxlen=_UPDATES_KEPT)
        self._commands: deque[Request] = deque()
        self._frame: Frame | None = None
        holds_frames = self._settings.liveness.mode is LivenessMode.OFF
        self._handover = Handover(holds_frames=holds_frames)
        self._visit = 0
        self._losses = 0
        self._looked_at: SetReferences | None = None
        self._closing = False
        self._process: WorkerProcess | None = None
        self._thread = threading.Thread(target=self._run, name="portrait-worker", daemon=True)

    def start(self) -> None:
        """Start the worker; WorkerReady or WorkerFailed follows as an update."""
        self._thread.start()

    def set_references(
        self,
        chip: bytes | None,
        record: bytes | None,
        *,
        case: bytes | None = None,
        chip_authenticated: bool = False,
    ) -> None:
        """Give the encoded portraits (JPEG or JPEG 2000); ReferencesReady follows."""
        with self._changed:
            references = SetReferences(
                _sendable(chip), _sendable(record), chip_authenticated, _sendable(case)
            )
            self._handover.references = references
            self._commands.append(references)
            self._changed.notify()

    def begin_capture(self) -> int:
        """Start a try; return its number, which GuidanceUpdate and CaptureDone repeat."""
        with self._changed:
            self._frame = None
            begin = self._handover.begin_capture()
            self._commands.append(begin)
            self._changed.notify()
            return begin.capture

    def end_capture(self) -> None:
        """Stop guiding without a decision; nothing more of this try is told."""
        with self._changed:
            self._frame = None
            self._handover.end_capture()

    def submit_frame(self, frame: Frame) -> None:
        """Offer a frame; while the worker is busy the newest replaces the waiting one.

        Frames outside a capture are ignored. ValueError for what is no BGR picture.
        """
        image = frame.image
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype.name != "uint8":
            raise ValueError(f"frame must be (height, width, 3) uint8, is {image.shape}")
        if not 0 < image.nbytes <= MAX_BLOB_BYTES:
            raise ValueError(f"frame of {image.nbytes} bytes, at most {MAX_BLOB_BYTES}")
        with self._changed:
            if self._handover.capturing:
                self._frame = frame
                self._changed.notify()

    def poll(self) -> list[Update]:
        """Return and remove the updates since the last call."""
        with self._changed:
            updates = list(self._updates)
            self._updates.clear()
            return updates

    def forget(self) -> None:
        """Drop everything personal, here and in the worker; no update of before comes after."""
        with self._changed:
            self._visit += 1
            self._losses = 0
            self._frame = self._looked_at = None
            self._handover.forget()
            self._commands.clear()
            self._commands.append(Forget())
            self._updates = deque(
                (
                    u
                    for u in self._updates
                    if isinstance(u, WorkerReady | WorkerReplaced | WorkerFailed)
                ),
                _UPDATES_KEPT,
            )
            self._changed.notify()

    def close(self) -> None:
        """End worker and thread; closing twice is fine."""
        with self._changed:
            self._closing = True
            self._changed.notify()
            process = self._process
        if process is not None:
            process.hang_up()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    @property
    def process_id(self) -> int | None:
        """Return the worker's process id, None while there is no worker."""
        process = self._process
        return None if process is None else process.pid

    # All below runs on the worker's thread.

    def _run(self) -> None:
        ready = self._open(self._settings.self_test)
        if ready is not None:
            self._tell(ready)
            while (told := self._next()) is not None:
                self._serve(*told)
        self._drop_process(_END_WITHIN_S)

    def _open(self, self_test: Path | None) -> WorkerReady | None:
        """Start a worker, trying until there is one; None when closing."""
        attempt = 0
        while not self._closing:
            started_s = time.monotonic()
            answer = self._try_to_open(self_test)
            if isinstance(answer, WorkerReady):
                return replace(answer, start_s=time.monotonic() - started_s)
            self._drop_process()
            log.error("portrait worker cannot start: %s", answer.error)
            self._tell(answer)
            if attempt:
                self._give_up()  # whoever stands before the camera is not kept waiting
            pause_s = _RETRY_S[min(attempt, len(_RETRY_S) - 1)]
            attempt += 1
            with self._changed:
                self._changed.wait_for(lambda: self._closing, timeout=pause_s)
        return None

    def _try_to_open(self, self_test: Path | None) -> WorkerReady | WorkerFailed:
        settings = self._settings
        configure = Configure(
            models=str(settings.models),
            engine=settings.engine,
            fmr=settings.fmr,
            limits=settings.limits,
            liveness=settings.liveness,
            self_test="" if self_test is None else str(self_test),
        )
        try:
            self._process = WorkerProcess()
            busy_s, silent_s = settings.start_within_s, settings.answer_within_s
            answer = self._process.ask(configure, busy_s, silent_s=silent_s)
        except (MessageError, OSError) as error:
            return WorkerFailed(str(error))
        if isinstance(answer, WorkerReady | WorkerFailed):
            return answer
        return WorkerFailed(f"unexpected answer {type(answer).__name__}")

    def _next(self) -> tuple[Request, int] | None:
        """Wait for the next thing to say, and return it with its visit; None when closing."""
        with self._changed:
            pause_s = _TICK_S if self._handover.capturing else _IDLE_TICK_S
            self._changed.wait_for(
                lambda: self._closing or bool(self._commands) or self._frame is not None, pause_s
            )
            if self._closing:
                return None
            if self._commands:
                return self._commands.popleft(), self._visit
            frame, self._frame = self._frame, None
            visit = self._visit
        return Tick() if frame is None else _submit(frame), visit

    def _serve(self, request: Request, visit: int) -> None:
        try:
            self._exchange(request, visit)
        except MessageError as error:
            if not self._closing:
                self._recover(str(error))

    def _ask(self, request: Request) -> Answer:
        settings = self._settings
        if self._process is None:
            raise MessageError("no worker")
        within_s = settings.answer_within_s
        busy_s = settings.decide_within_s if isinstance(request, Decide) else within_s
        return self._process.ask(request, busy_s, silent_s=within_s)

    def _exchange(self, request: Request, visit: int) -> None:
        """Ask, and pass on what the answer says; MessageError when the worker is lost.

        The visit is the request's: the next one may have begun before the answer comes.
        """
        capture = self._handover.capture
        answer = self._ask(request)
        match answer:
            case Judged(update, state):
                with self._changed:
                    now = (self._visit, self._handover.capture)
                    if self._handover.capturing and (visit, capture) == now:
                        self._handover.hold(request, answer)
                if update is not None:
                    self._tell(update, visit)
                if state is not CaptureState.RUNNING and self._handover.capturing:
                    self._decide(visit)
            case CaptureDone():
                self._losses = 0
                self._tell(answer, visit)
            case Done():
                if isinstance(request, SetReferences):
                    self._look_at(request, visit)
            case _:
                raise _unexpected(answer)

    def _look_at(self, references: SetReferences, visit: int) -> None:
        """Have the references looked at; tell what they are worth, to a new worker's not again."""
        self._prepare()
        answer = self._ask(ReportReferences())
        if not isinstance(answer, ReferencesReady):
            raise _unexpected(answer)
        if self._looked_at is not references:
            self._looked_at = references
            self._tell(answer, visit)

    def _decide(self, visit: int) -> None:
        self._prepare()
        self._exchange(Decide(), visit)

    def _prepare(self) -> None:
        """Have it made ready piece by piece: none takes long unless the worker hangs."""
        for _ in range(_PIECES_MOST):
            answer = self._ask(Prepare())
            if not isinstance(answer, Prepared):
                raise _unexpected(answer)
            if not answer.more:
                return

    def _recover(self, why: str) -> None:
        """Replace the worker, tell the new one what the old one knew, and repeat the try."""
        while not self._closing:
            started_s = time.monotonic()
            log.warning("portrait worker lost: %s", why)
            self._losses += 1
            if self._losses > _LOSSES_TOLERATED:
                self._give_up()
            self._drop_process()
            if self._open(None) is None:
                return
            try:
                with self._changed:
                    known, visit = self._handover.requests(self._commands), self._visit
                for request in known:
                    self._exchange(request, visit)
                self._tell(WorkerReplaced(why, time.monotonic() - started_s))
                self._repeat_decision()
            except MessageError as error:
                why = str(error)
                continue
            return

    def _repeat_decision(self) -> None:
        """Decide from the frames held, when there were enough before the worker was lost."""
        with self._changed:
            frames, visit = self._handover.enough_frames(), self._visit
        for frame in frames:
            self._exchange(frame, visit)
        if frames:
            self._decide(visit)

    def _give_up(self) -> None:
        """End the try for want of a worker; pictures that kill every worker are not sent again."""
        with self._changed:
            self._losses = 0
            visit, capture = self._visit, self._handover.capture
            self._handover.withhold_pictures()
        reason = Reason(ReasonKey.WORKER_LOST)
        decision = MatchDecision(False, (), None, reason)
        self._tell(CaptureDone(capture, decision, (), "", "", b"", b"", (), 0.0), visit)

    def _tell(self, update: Update, visit: int | None = None) -> None:
        """Queue an update and call back, unless its visit or capture is over."""
        with self._changed:
            if visit is not None and visit != self._visit:
                return
            if isinstance(update, GuidanceUpdate | CaptureDone):
                if not self._handover.capturing or update.capture != self._handover.capture:
                    return
                if isinstance(update, CaptureDone):
                    self._frame = None
                    self._handover.end_capture()
            self._updates.append(update)
        if self._on_update is not None:
            self._on_update(update)

    def _drop_process(self, patience_s: float = 0.0) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end(patience_s)


def _unexpected(answer: Answer) -> MessageError:
    return MessageError(f"unexpected answer {type(answer).__name__}")


def _sendable(picture: bytes | None) -> bytes | None:
    """Return no bytes for a picture too large to be read: both sides call it unreadable."""
    return b"" if picture is not None and len(picture) > MAX_ENCODED_BYTES else picture


def _submit(frame: Frame) -> SubmitFrame:
    height, width = frame.image.shape[:2]
    return SubmitFrame(width, height, frame.number, frame.image.tobytes())
