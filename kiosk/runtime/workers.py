"""Carries effects out beside the loop: a thread for each ask, one thread for tells in order."""

import logging
import queue
import traceback
from collections.abc import Callable
from pathlib import Path
from threading import Event as Flag
from threading import Lock, Thread

from devices.errors import Cancelled, DeviceError
from devices.travel_document.errors import ChipDataError
from kiosk.runtime.journal import Journal
from kiosk.runtime.reply import Handler, Handlers, Reply
from kiosk.session.effects import Ask, Effect, Tell
from kiosk.session.events import EffectFailed, Event
from kiosk.session.visit import Ref

_log = logging.getLogger(__name__)
_FRAMES = 6
_RETRY_S = (0.2, 1.0, 5.0)


class Asks:
    """Runs each ask's handler on a thread of its own.

    Not a pool: an ask may wait for a person for minutes, and one that hangs must not take
    another's place. Their number is small, the devices' supervisors keep them apart.
    """

    def __init__(self, handlers: Handlers, post: Callable[[Event], None]) -> None:
        self._handlers = handlers
        self._post = post
        self._lock = Lock()
        self._replies: dict[Ref, Reply] = {}

    def begin(self, ask: Ask) -> None:
        """Start an ask; its answers are posted."""
        reply = Reply(ask.ref, self._post)
        with self._lock:
            self._replies[ask.ref] = reply
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


class Teller:
    """Carries tells out in order and takes them off the journal when they are done."""

    def __init__(self, handlers: Handlers, journal: Journal) -> None:
        self._handlers = handlers
        self._journal = journal
        self._queue: queue.SimpleQueue[Tell | None] = queue.SimpleQueue()
        self._stopped = Flag()
        self._thread = Thread(target=self._run, name="teller", daemon=True)
        self._thread.start()

    def tell(self, tell: Tell) -> None:
        """Queue a tell that is in the journal already."""
        self._queue.put(tell)

    def stop(self) -> None:
        """Finish what is queued, then stop; what is left stays in the journal."""
        self._stopped.set()
        self._queue.put(None)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while (tell := self._queue.get()) is not None:
            self._carry_out(tell)

    def _carry_out(self, tell: Tell) -> None:
        for pause in (*_RETRY_S, None):
            try:
                handler_for(self._handlers, tell)(tell, Reply(tell.ref, _nobody_listens))
                self._journal.delivered(tell)
            except Exception as error:
                # It stays in the journal and is tried again at the next start.
                _log.warning("%s not told: %s", type(tell).__name__, type(error).__name__)
                if pause is None or self._stopped.wait(pause):
                    return
            else:
                return


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
