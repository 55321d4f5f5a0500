"""The heart: take an event, step, journal, carry out the effects; what they answer comes back.

One thread owns the visit. It never waits for a device, the line or a person.
"""

import logging
import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock, Thread

from kiosk.runtime.event_log import EventLine, Sink, line_of
from kiosk.runtime.journal import NO_DISK, Journal
from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.recovery import REWRITING, Remains, remains_of, settle
from kiosk.runtime.reply import Handlers
from kiosk.runtime.timers import Timers
from kiosk.runtime.undone import needs_journal, place_after, refusal_of
from kiosk.runtime.workers import Asks, Teller
from kiosk.session.effects import Ask, Cancel, Effect, RewriteBack, StartTimer, Tell
from kiosk.session.events import Event, Started, TimeUp
from kiosk.session.facts import CardPlace
from kiosk.session.phases import OutOfService
from kiosk.session.rules import Rules
from kiosk.session.visit import Ref, Visit

_log = logging.getLogger(__name__)

Step = Callable[[Visit, Event, Rules], tuple[Visit, tuple[Effect, ...]]]
Observer = Callable[[Visit], None]

RESTART_S = (0.0, 0.5, 2.0, 5.0)
"""Pauses before a visit that was abandoned begins anew; the last one again and again."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a run begins: its first visit, where the card is, and what is still to be told."""

    visit: Visit
    place: CardPlace
    tells: tuple[Tell, ...] = ()
    owed: tuple[Tell, ...] = ()


class Runtime:
    """Runs visits. ``post`` may be called from any thread; observers run on the loop's."""

    def __init__(
        self,
        *,
        step: Step,
        rules: Rules,
        journal: Journal,
        handlers: Handlers,
        timers: Timers,
        materials: MaterialsByVisit,
        beginning: Beginning,
        log: Sink,
    ) -> None:
        self._step = step
        self._rules = rules
        self._journal = journal
        self._timers = timers
        self._materials = materials
        self._log = log
        self._beginning = beginning
        self._visit = beginning.visit
        self._owed = beginning.owed
        self._restarts = 0
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._asks = Asks(handlers, self.post)
        self._teller = Teller(handlers, journal)
        self._observers: tuple[Observer, ...] = ()
        self._lock = Lock()
        self._thread = Thread(target=self._run, name="runtime", daemon=True)

    @property
    def visit(self) -> Visit:
        """Return the newest visit; a frozen value, safe from any thread."""
        return self._visit

    def observe(self, observer: Observer) -> None:
        """Call ``observer`` with the visit now and after every event; it must not block."""
        with self._lock:
            self._observers = (*self._observers, observer)
        observer(self._visit)

    def post(self, event: Event) -> None:
        """Queue an event."""
        self._events.put(event)

    def start(self) -> None:
        """Begin: journal the first visit, tell what is left, say where the card is."""
        self._begin_run(self._visit, self._beginning.tells)
        for tell in self._beginning.tells:
            self._teller.tell(tell)
        self._thread.start()
        self.post(Started(self._beginning.place))

    def stop(self, print_within_s: float = 0.0) -> None:
        """Stop taking events and withdraw every ask; the journal keeps what is not done.

        A print that runs is waited for, so that how it ended gets into the journal.
        """
        self._events.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self._asks.cancel_others(None)
        if not self._asks.wait_for(RewriteBack, print_within_s):
            _log.error("a print did not end within %.0f s", print_within_s)
        self._timers.stop()
        self._teller.stop()

    def _run(self) -> None:
        while (event := self._events.get()) is not None:
            try:
                self._take(event)
            except Exception:
                _log.exception("%s broke the visit", type(event).__name__)
                self._abandon(event)

    def _take(self, event: Event) -> None:
        before = self._visit
        after, effects = self._step(before, event, self._rules)
        tells = [e for e in effects if isinstance(e, Tell) and not isinstance(e, Cancel)]
        settled: tuple[Tell, ...] = ()
        if self._owed and after.card_place in (CardPlace.OUT, CardPlace.HELD):
            settled = settle(self._owed, after.card_place)
            self._owed = ()
        trouble = self._write(after, tells, settled)
        names = tuple(type(effect).__name__ for effect in effects)
        self._say(line_of(before, event, after, names, trouble))
        self._enter(before, after, (*settled, *effects), written=not trouble)

    def _write(self, visit: Visit, tells: Sequence[Tell], settled: Sequence[Tell]) -> str:
        """Put the transition on the disk; return what kept it from there."""
        try:
            self._journal.commit(visit, tells, settled)
        except NO_DISK as error:
            trouble = f"journal: {type(error).__name__}"
            _log.warning("the journal cannot be written: %s", error)
            self._journal.missed(visit, (*settled, *tells), trouble=str(error))
            return trouble
        return ""

    def _begin_run(self, visit: Visit, tells: Sequence[Tell]) -> None:
        try:
            self._journal.begin_run(visit, tells, self._owed)
        except NO_DISK as error:
            _log.warning("the journal cannot be written: %s", error)
            self._journal.missed(visit, tells, self._owed, trouble=str(error))

    def _say(self, line: EventLine) -> None:
        try:
            self._log(line)
        except Exception:
            _log.exception("an event is not logged")  # no log may break a visit

    def _enter(
        self, before: Visit, after: Visit, effects: Sequence[Effect], *, written: bool = True
    ) -> None:
        self._visit = after
        if after.id != before.id:
            self._asks.cancel_others(after.id)
            self._timers.cancel_others(after.id)
        self._materials.note(after)
        for effect in effects:
            if written or not needs_journal(effect):
                self._carry_out(effect)
            else:
                self.post(refusal_of(effect))
        if after is not before:
            self._show(after)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Cancel(ref=ref, effect_id=effect_id):
                asked = Ref(ref.visit_id, effect_id)
                self._asks.cancel(asked)
                self._timers.cancel(asked)
            case StartTimer(ref=ref, timer=timer, seconds=seconds):
                self._timers.start(ref, seconds, lambda: self.post(TimeUp(ref, timer)))
            case Ask():
                self._asks.begin(effect)
            case Tell():
                self._teller.tell(effect)

    def _show(self, visit: Visit) -> None:
        for observer in self._observers:
            try:
                observer(visit)
            except Exception:
                _log.exception("an observer of the visit failed")

    def _abandon(self, event: Event) -> None:
        """End a visit that cannot go on as after a power cut; the loop itself never dies.

        The card stays where it is until ``Started`` gives it back, however often that fails.
        """
        broken = self._visit
        fresh = Visit(
            boot=broken.boot,
            sequence=broken.sequence + 1,
            card_place=place_after(broken, event),
            lost=broken.lost,
            server_up=broken.server_up,
        )
        try:
            remains = self._remains_of(broken)
            self._owed = (*self._owed, *remains.owed)
            self._begin_run(fresh, remains.tells)
            self._enter(broken, fresh, remains.tells)
            self._say(line_of(broken, event, fresh, trouble="abandoned"))
        except Exception:
            _log.exception("the broken visit could not be settled")
            self._visit = fresh
        self._start_again(fresh, event)

    def _remains_of(self, broken: Visit) -> Remains:
        if isinstance(broken.phase, OutOfService) and broken.card is None and broken.case is None:
            return Remains()  # abandoned before, and not begun anew yet
        try:
            marks = self._journal.read().marks
        except NO_DISK:
            # Nothing says how far a print got that was begun: it counts as under way.
            marks = {Ref(broken.id, pending.effect_id): REWRITING for pending in broken.pending}
        return remains_of(broken, marks, self._rules.kiosk)

    def _start_again(self, fresh: Visit, event: Event) -> None:
        again = isinstance(event, Started)
        self._restarts = self._restarts + 1 if again else 0
        pause = RESTART_S[min(self._restarts, len(RESTART_S) - 1)]
        started = Started(fresh.card_place)
        if pause:
            self._timers.start(Ref(fresh.id, 0), pause, lambda: self.post(started))
        else:
            self.post(started)
