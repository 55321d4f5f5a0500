"""A kiosk without a screen in a process of its own, which may kill itself.

``python -m tests.runtime.mortal_kiosk CONFIG POINT DELAY_S``: dies by SIGKILL at the POINT-th
write of its journal after a card was taken in (0: never), at once, or DELAY_S later when its
effects are under way. Says every phase on a line of its own; ends when its input is closed.
"""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from kiosk.runtime.journal import Journal
from kiosk.session.effects import Tell
from kiosk.session.events import Button
from kiosk.session.visit import Ref, Visit
from tests.runtime.machine_room import FACE, Resident, running


class DeadlyJournal(Journal):
    """A journal whose writes are counted."""

    point = 0
    delay_s = 0.0
    _written = 0
    _visit = ""

    def commit(
        self, visit: Visit, tells: Sequence[Tell] = (), settled: Sequence[Tell] = ()
    ) -> None:
        super().commit(visit, tells, settled)
        if visit.phase.name == "read_card":
            self._visit = visit.id
        if self._visit:
            self._count()

    def mark(self, ref: Ref, mark: str) -> None:
        super().mark(ref, mark)
        self._count()

    def _count(self) -> None:
        self._written += 1
        if self._written != self.point:
            return
        if self.delay_s:
            threading.Timer(self.delay_s, _die).start()
        else:
            _die()


def _say(visit: Visit) -> None:
    # One write: threads that print at once take each other's lines apart.
    os.write(sys.stdout.fileno(), f"{visit.phase.name} {visit.id}\n".encode())


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(config: Path, point: int, delay_s: float) -> None:
    DeadlyJournal.point, DeadlyJournal.delay_s = point, delay_s
    with running(config, DeadlyJournal) as room:
        runtime = room.kiosk.runtime
        room.matcher.face = FACE
        resident = Resident(runtime.post)
        resident.choices["welcome_back"] = Button.NEXT
        runtime.observe(resident)
        runtime.observe(_say)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
