"""Opens the journal whatever became of it: a kiosk that does not start keeps a card locked in.

An unreadable journal or key is put aside and a new one begun. Where none can be written at all,
one that takes nothing stands in: the kiosk gives the card back and stays out of service, and
what lies on the disk is left for a start that can settle it.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from devices.status import DeviceStatus, Faulted, Ready, Trouble
from kiosk.runtime.aside import is_unreadable, put_aside
from kiosk.runtime.journal import NO_DISK, Journal, Left
from kiosk.session.effects import ReportCase, Tell
from kiosk.session.facts import CardPlace, Case, Escalation
from kiosk.session.visit import Ref, Visit
from kiosk.session.way import ticket_of

_TICKETS_A_DAY = 1000
_NOTHING = Left(None, (), (), {})


@dataclass(frozen=True, slots=True)
class Opened:
    """A journal, what it held, and what a technician should know of it."""

    journal: Journal
    left: Left
    note: str = ""


class NoJournal(Journal):
    """Stands in for a journal that cannot be opened: it holds nothing and takes nothing.

    ``mended`` once it could be opened: only a new start can settle what lies in it.
    """

    def __init__(self, trouble: str, can_be_opened: Callable[[], bool]) -> None:
        self.trouble = trouble
        self.mended = False
        self._can_be_opened = can_be_opened

    def commit(
        self, visit: Visit, tells: Sequence[Tell] = (), settled: Sequence[Tell] = ()
    ) -> None:
        """Refuse."""
        self._refuse()

    def begin_run(self, visit: Visit, tells: Sequence[Tell], owed: Sequence[Tell]) -> None:
        """Refuse."""
        self._refuse()

    def catch_up(self) -> None:
        """Look whether the journal can be opened by now, and refuse."""
        if not self.mended and self._can_be_opened():
            self.mended = True
            self.trouble = "can be opened again after a restart"
        self._refuse()

    def mark(self, ref: Ref, mark: str) -> None:
        """Refuse."""
        self._refuse()

    def missed(
        self, visit: Visit, tells: Sequence[Tell], owed: Sequence[Tell] = (), *, trouble: str
    ) -> None:
        """Keep nothing: the next start settles what is on the disk."""

    def delivered(self, tell: Tell) -> None:
        """Forget nothing, as nothing is held."""

    def read(self) -> Left:
        """Return nothing."""
        return _NOTHING

    def close(self) -> None:
        """Close nothing."""

    def _refuse(self) -> None:
        raise sqlite3.OperationalError(self.trouble)


def open_journal(path: Path, make: Callable[[Path], Journal] = Journal) -> Opened:
    """Open the journal and read it; never fails."""
    try:
        try:
            return Opened(*_read(path, make))
        except _Unreadable as found:
            ending = put_aside(path, path.with_suffix(".key"))
            journal, left = _read(path, make)
            left = Left(None, (), (), {}, max(found.next_sequence, _sequence_by_clock()))
            return Opened(journal, left, f"{path.name}{ending}: {found}")
    except (*NO_DISK, _Unreadable) as error:
        stands_in = NoJournal(f"cannot be opened: {error}", lambda: _can_be_opened(path, make))
        return Opened(stands_in, _NOTHING)


def journal_status(journal: Journal, note: str = "") -> DeviceStatus:
    """Say whether the journal takes what it is given, after trying what it did not take before."""
    if journal.trouble:
        try:
            journal.catch_up()
        except NO_DISK as error:
            return Faulted(Trouble.HARDWARE, str(error))
    return Ready(note)


def first_visit(
    opened: Opened, boot: str, place: CardPlace, kiosk: str
) -> tuple[Visit, list[Tell]]:
    """Return the run's first visit, and a case where a card is in of which nothing is known.

    Whoever it belongs to may have paid, and nobody else would ever tell of it.
    """
    visit = Visit(boot=boot, sequence=opened.left.next_sequence)
    if not opened.note or place is CardPlace.OUT:
        return visit, []
    case = Case(f"{visit.id}-c1", Escalation.DEVICE_FAULT, ticket_of(visit, kiosk))
    told = ReportCase(
        Ref(visit.id, visit.next_effect),
        case=case,
        phase_before=visit.phase.name,
        card_place=place,
        card_number=None,
        offer_code=None,
        application_id=None,
        tries=0,
        detail="a card was in and the kiosk's journal could not be read",
    )
    return visit.changed(next_effect=visit.next_effect + 1, cases_opened=1), [told]


class _Unreadable(Exception):
    def __init__(self, why: str, next_sequence: int = 0) -> None:
        super().__init__(why)
        self.next_sequence = next_sequence


def _read(path: Path, make: Callable[[Path], Journal]) -> tuple[Journal, Left]:
    journal = None
    try:
        journal = make(path)
        journal.check()
        left = journal.read()
        if left.unreadable:
            raise _Unreadable("the key does not fit", left.next_sequence)
    except (_Unreadable, ValueError, *NO_DISK) as error:
        if journal is not None:
            journal.close()
        if isinstance(error, ValueError):
            raise _Unreadable("the key is none") from error
        if isinstance(error, sqlite3.Error) and is_unreadable(error):
            raise _Unreadable(str(error)) from error
        raise
    return journal, left


def _can_be_opened(path: Path, make: Callable[[Path], Journal]) -> bool:
    try:
        _read(path, make)[0].close()
    except NO_DISK:
        return False
    except _Unreadable:
        pass  # a start puts it aside
    return True


def _sequence_by_clock() -> int:
    """Return a number above today's so far: no kiosk serves a thousand people in a day."""
    now = datetime.now(UTC)
    return (now.hour * 60 + now.minute) * _TICKETS_A_DAY // (24 * 60)
