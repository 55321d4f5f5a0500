"""Carries effects out beside the loop: a thread for each ask, one thread for tells in order."""

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Lock, Thread

from devices.errors import Cancelled, DeviceError
from devices.travel_document.errors import ChipDataError
from kiosk.runtime.journal import NO_DISK, Journal
from kiosk.runtime.reply import Handler, Handlers, Reply
from kiosk.session.effects import Ask, Effect, Tell
from kiosk.session.events import EffectFailed, Event
from kiosk.session.visit import Ref

_log = logging.getLogger(__name__)
_FRAMES = 6
RETRY_S = (0.2, 1.0, 2.0, 5.0, 10.0)
"""Pauses between tries to tell something; the last one again and again."""


class Asks:
    """Runs each ask's handler on a thread of its own.

    Not a pool: an ask may wait for a person for minutes, and one that hangs must not take
    another's place. Their number is small, the devices' supervisors keep them apart.
    """

    def __init__(self, handlers: Handlers, post: Callable[[Event], None]) -> None:
        self._handlers = handlers
        self._post = post
        self._lock = Lock()
        self._ended = Condition(self._lock)
        self._replies: dict[Ref, Reply] = {}
        self._kinds: dict[Ref, type[Ask]] = {}

    def begin(self, ask: Ask) -> None:
        """Start an ask; its answers are posted."""
        reply = Reply(ask.ref, self._post)
        with self._lock:
            self._replies[ask.ref] = reply
            self._kinds[ask.ref] = type(ask)
        Thread(
            target=self._run, args=(ask, reply), name=f"ask {type(ask).__name__}", daemon=True
        ).start()

    def cancel(self, ref: Ref) -> None:
        """Withdraw an ask; unknown or finished ones are fine."""
        with self._lock:
            reply = self._replies.get(ref)
        if reply is not None:
            reply.cancelled.set()

    def cancel_others(self, visit_id: str | None) -> None:
        """Withdraw every ask that belongs to another visit than this."""
        with self._lock:
            replies = [r for r in self._replies.values() if r.ref.visit_id != visit_id]
        for reply in replies:
            reply.cancelled.set()

    def wait_for(self, kind: type[Ask], within_s: float) -> bool:
        """Wait until no ask of this kind runs; False when one still does after so long."""
        with self._lock:
            return self._ended.wait_for(lambda: kind not in self._kinds.values(), within_s)

    def _run(self, ask: Ask, reply: Reply) -> None:
        kind = type(ask).__name__
        try:
            handler_for(self._handlers, ask)(ask, reply)
            if not reply.answered and not reply.cancelled.is_set():
                reply.send(EffectFailed(ask.ref, kind, "ended without an answer"))
        except Exception as error:
            # The last fence of the machine: whatever a driver or the line does becomes an event.
            if not (isinstance(error, Cancelled) and reply.cancelled.is_set()):
                _log.warning("%s failed: %s at %s", kind, type(error).__name__, _place_of(error))
                reply.send(EffectFailed(ask.ref, kind, _words_of(error)))
        finally:
            with self._lock:
                self._replies.pop(ask.ref, None)
                self._kinds.pop(ask.ref, None)
                self._ended.notify_all()


@dataclass(slots=True)
class _Waiting:
    """A tell, how often it was tried in vain, and when it is tried next."""

    tell: Tell
    tries: int = 0
    due: float = 0.0


class Teller:
    """Carries tells out in order and takes them off the journal when they are done.

    One that cannot be carried out is never dropped: it may be in no journal. While the disk
    takes nothing, all wait for the first, so that a case is not told after what is said of it;
    one that fails for a reason of its own lets the others pass.
    """

    def __init__(self, handlers: Handlers, journal: Journal) -> None:
        self._handlers = handlers
        self._journal = journal
        self._waiting: list[_Waiting] = []
        self._no_disk_until = 0.0
        self._changed = Condition()
        self._stopped = False
        self._thread = Thread(target=self._run, name="teller", daemon=True)
        self._thread.start()

    def tell(self, tell: Tell) -> None:
        """Queue a tell."""
        with self._changed:
            self._waiting.append(_Waiting(tell))
            self._changed.notify_all()

    def stop(self) -> None:
        """Try once more what is queued, then stop; what is left stays in the journal."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while (waiting := self._next()) is not None:
            error = self._carry_out(waiting.tell)
            with self._changed:
                if error is None or self._stopped:
                    self._waiting.remove(waiting)
                    continue
                again_at = time.monotonic() + RETRY_S[min(waiting.tries, len(RETRY_S) - 1)]
                waiting.tries += 1
                if isinstance(error, NO_DISK):
                    self._no_disk_until = again_at
                else:
                    waiting.due = again_at

    def _next(self) -> _Waiting | None:
        """Return the first that is due, None when the teller is stopped and all were tried."""
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                soonest = min(self._waiting, key=lambda each: max(each.due, now), default=None)
                pause = None if soonest is None else max(soonest.due, self._no_disk_until) - now
                if soonest is not None and pause is not None and pause <= 0:
                    return soonest
                self._changed.wait(pause)
            return next(iter(self._waiting), None)

    def _carry_out(self, tell: Tell) -> Exception | None:
        try:
            handler_for(self._handlers, tell)(tell, Reply(tell.ref, _nobody_listens))
            self._journal.delivered(tell)
        except Exception as error:
            _log.warning("%s not told: %s", type(tell).__name__, type(error).__name__)
            return error
        return None


def _words_of(error: Exception) -> str:
    """Return what may be kept of an error: a driver's own sentence, which names nobody.

    One about a chip's data may quote them; any other error may quote anything.
    """
    kind = type(error).__name__
    tells = isinstance(error, DeviceError) and not isinstance(error, ChipDataError)
    return f"{kind}: {error}"[:500] if tells else kind


def _place_of(error: Exception) -> str:
    """Return the innermost calls: a traceback without the error's text, which may hold a name."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))


def handler_for(handlers: Handlers, effect: Effect) -> Handler:
    """Return the handler of this kind of effect; KeyError where the wiring forgot one."""
    return handlers[type(effect)]


def _nobody_listens(event: Event) -> None:
    """Drop an answer: nobody waits for a tell."""
