"""Builds the running kiosk from its parts: handlers, journal, recovery, watchers, loop."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from devices.assembly import Machine
from devices.status import DeviceStatus, Disconnected
from kiosk.runtime import opening
from kiosk.runtime.clock import Clock, MonotonicClock, wall_clock
from kiosk.runtime.data_lock import DataLock
from kiosk.runtime.event_log import EventLog
from kiosk.runtime.handlers.card import CardHandlers
from kiosk.runtime.handlers.cases import CaseHandlers
from kiosk.runtime.handlers.chip import ChipHandlers
from kiosk.runtime.handlers.portrait import PortraitHandlers
from kiosk.runtime.handlers.printing import BackHandlers, PaperHandlers
from kiosk.runtime.handlers.reading import ReadingHandlers
from kiosk.runtime.handlers.resuming import ResumeHandlers
from kiosk.runtime.handlers.server import ServerHandlers
from kiosk.runtime.journal import Journal
from kiosk.runtime.line import PATIENCE_S, HallServer, Outbox
from kiosk.runtime.loop import Beginning, Runtime, Step
from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.opening import NoJournal, Opened, first_visit, journal_status
from kiosk.runtime.protocols import PortraitMatcher
from kiosk.runtime.recovery import place_of, read_place, recover
from kiosk.runtime.reply import Handler
from kiosk.runtime.timers import Timers
from kiosk.runtime.watch import DeviceWatch, ServerWatch
from kiosk.session.effects import Effect
from kiosk.session.facts import CardPlace, Device
from kiosk.session.flow import step as flow_step
from kiosk.session.phases import OutOfService
from kiosk.session.rules import Rules
from kiosk.session.visit import Visit
from kiosk.settings import Settings

_OPENED_WITHIN_S = 5.0
"""How long the start waits for the devices: a card must not be overlooked, and the screen should
not say 'out of service' only because ports take a moment to open."""
_OPENED_AGAIN_S = 0.02
_COMPOSED_S = 20.0
"""How long registering glyphs and composing a back takes at most: a few kB at 9600 baud."""
_WATCH_S = 0.5  # the watcher reads what supervisors know; that costs nothing


@dataclass(frozen=True, slots=True)
class Parts:
    """What the runtime works with; ``app`` builds it."""

    machine: Machine
    camera_status: Callable[[], DeviceStatus]
    server: HallServer
    outbox: Outbox
    matcher: PortraitMatcher


@dataclass(frozen=True, slots=True)
class KioskRuntime:
    """The loop, the watchers beside it, and what they share."""

    runtime: Runtime
    device_watch: DeviceWatch
    server_watch: ServerWatch
    materials: MaterialsByVisit
    rules: Rules
    print_within_s: float
    _journal: Journal
    _log: EventLog
    _lock: DataLock

    def start(self) -> None:
        """Begin to take events, watch devices and send heartbeats."""
        self.runtime.start()
        self.device_watch.start()
        self.server_watch.start()

    def stop(self) -> None:
        """Stop; a visit under way stays in the journal and is settled at the next start.

        A print under way is waited for, at most ``print_within_s``.
        """
        self.server_watch.stop()
        self.device_watch.stop()
        self.runtime.stop(self.print_within_s)
        self._journal.close()
        self._log.close()
        self._lock.release()


def assemble(
    settings: Settings,
    parts: Parts,
    *,
    version: str = "0",
    step: Step = flow_step,
    clock: Clock | None = None,
    open_journal: Callable[[Path], Journal] = Journal,
    lock: DataLock | None = None,
    restart: Callable[[], None] = lambda: None,
) -> KioskRuntime:
    """Read journal and sensors and build the runtime. Waits some seconds for a silent slot.

    Raises DataInUse when another kiosk works on the data directory. ``lock`` is given by who has
    taken it already. ``restart`` is called once, with no card in, when a journal that could not
    be opened can be.
    """
    data_dir = settings.kiosk.data_dir
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = lock or DataLock(data_dir)
    try:
        opened = opening.open_journal(journal_path(data_dir), open_journal)
        return _assemble(
            settings, parts, opened, lock, clock or MonotonicClock(), step, version, restart
        )
    except BaseException:
        lock.release()
        raise


def _assemble(
    settings: Settings,
    parts: Parts,
    opened: Opened,
    lock: DataLock,
    clock: Clock,
    step: Step,
    version: str,
    restart: Callable[[], None],
) -> KioskRuntime:
    slot = parts.machine.card_printer
    journal, left = opened.journal, opened.left
    _wait_for(parts.machine)
    remains = recover(left, settings.kiosk.number)
    boot = new_boot(settings.kiosk.number)
    place = read_place(slot, left.visit)
    visit, case = first_visit(opened, boot, place, settings.kiosk.number)
    if isinstance(journal, NoJournal):
        visit = visit.changed(lost=(Device.JOURNAL,))  # never in service, not even for a moment
    beginning = Beginning(visit, place, (*remains.tells, *case), remains.owed)
    materials = MaterialsByVisit()
    if left.visit is not None:
        materials.note(left.visit)
    log = EventLog(settings.kiosk.data_dir / "events.jsonl")
    rules = settings.rules(slot_has_bin=slot.has_bin)
    runtime = Runtime(
        step=step,
        rules=rules,
        journal=journal,
        handlers=make_handlers(settings, parts, journal, materials),
        timers=Timers(clock),
        materials=materials,
        beginning=beginning,
        log=log,
    )
    probes = {Device(name): probe for name, probe in parts.machine.probes.items()}
    devices = DeviceWatch(
        {
            **probes,
            Device.CAMERA: parts.camera_status,
            Device.JOURNAL: _JournalProbe(opened, lambda: runtime.visit, restart),
        },
        lambda: place_of(slot.position()),
        runtime.post,
        poll_s=_WATCH_S,
    )
    server = ServerWatch(
        parts.server,
        runtime.post,
        lambda: runtime.visit,
        lambda: devices.statuses,
        clock,
        boot=boot,
        version=version,
        heartbeat_s=settings.server.heartbeat_s,
        lost_after_s=settings.server.lost_after_s,
    )
    within_s = print_within_s(settings)
    return KioskRuntime(runtime, devices, server, materials, rules, within_s, journal, log, lock)


class _JournalProbe:
    """Says how the journal is, and asks for a restart when only that can bring it back."""

    def __init__(
        self, opened: Opened, visit: Callable[[], Visit], restart: Callable[[], None]
    ) -> None:
        self._opened = opened
        self._visit = visit
        self._restart: Callable[[], None] | None = restart

    def __call__(self) -> DeviceStatus:
        journal = self._opened.journal
        status = journal_status(journal, self._opened.note)
        visit = self._visit()
        at_rest = isinstance(visit.phase, OutOfService) and visit.card_place is CardPlace.OUT
        if isinstance(journal, NoJournal) and journal.mended and at_rest and self._restart:
            self._restart()
            self._restart = None
        return status


def make_handlers(
    settings: Settings, parts: Parts, journal: Journal, materials: MaterialsByVisit
) -> dict[type[Effect], Handler]:
    """Return who carries out which effect."""
    machine, server = parts.machine, parts.server
    slot, chips = machine.card_printer, machine.chip_reader
    kiosk, now = settings.kiosk.number, wall_clock(settings.kiosk.time_zone)
    rooms = (
        CardHandlers(slot, chips),
        ReadingHandlers(machine.document_reader, chips, materials, lambda: now().date()),
        ChipHandlers(chips, server, parts.matcher, materials),
        PortraitHandlers(parts.matcher, materials),
        ServerHandlers(server, materials),
        ResumeHandlers(server, materials),
        CaseHandlers(server, parts.outbox, materials),
        BackHandlers(slot, slot, machine.inspector, server, journal, materials, now),
        PaperHandlers(machine.receipt_printer, materials, kiosk, now),
    )
    every: dict[type[Effect], Handler] = {}
    for room in rooms:
        every |= room.handlers()
    return every


def print_within_s(settings: Settings) -> float:
    """Return how long a print takes at most: the server's word, glyphs, erase, print."""
    timing = settings.devices.card_printer.timing
    return PATIENCE_S + _COMPOSED_S + timing.erase_s + timing.print_s


def new_boot(kiosk: str) -> str:
    """Name a run of the program, so that no two visits of a kiosk ever share an id."""
    return f"k{kiosk}-{datetime.now(UTC):%y%m%d%H%M%S}-{secrets.token_hex(3)}"


def journal_path(data_dir: Path) -> Path:
    """Return where the journal of a kiosk lies."""
    return data_dir / "journal.sqlite3"


def _wait_for(machine: Machine) -> None:
    """Wait until every device has been opened, or give up on those that are missing."""
    deadline = time.monotonic() + _OPENED_WITHIN_S
    while any(isinstance(probe(), Disconnected) for probe in machine.probes.values()):
        if time.monotonic() > deadline:
            return
        time.sleep(_OPENED_AGAIN_S)
