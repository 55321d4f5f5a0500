"""A planned stop: a print under way ends, and how it ended is known at the next start."""

import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from threading import Event as Flag
from threading import Thread

from demo.hall import Hall
from devices.rig.card_back import back_text
from devices.rig.world import Place
from kiosk.runtime.assembly import print_within_s
from kiosk.runtime.reply import Reply
from kiosk.runtime.workers import Asks
from kiosk.session.effects import RewriteBack
from kiosk.session.phases import Issue, IssueStage
from kiosk.session.visit import Ref
from kiosk.settings import load_settings
from tests.runtime.machine_room import (
    ROOT,
    Emulators,
    Resident,
    person,
    running,
    take_card_when_out,
    wait_for,
)
from tests.runtime.samples import ORDER

UNIT = ROOT / "config" / "kiosk.service"


def test_a_print_under_way_at_a_stop_is_printed_after_the_restart(
    config: Path, emulators: Emulators, hall: Hall
) -> None:
    card = person("normal").card
    before = rows(hall, "SELECT count(*) FROM cases_case")
    with running(config) as room:
        runtime = room.kiosk.runtime
        runtime.observe(Resident(runtime.post))
        wait_for("attract", lambda: runtime.visit.phase.name == "attract")
        assert emulators.bay.insert(card)
        wait_for("printing", lambda: runtime.visit.phase == Issue(IssueStage.PRINTING))
        order = runtime.visit.order
        assert order is not None
        wait_for("erasing", lambda: bool(room.kiosk._journal.read().marks))
    assert emulators.bay.place is Place.INSIDE
    assert "签发" in back_text(card)

    stop = Flag()
    take_card_when_out(emulators.bay, stop)
    with running(config) as room:
        state = "SELECT state FROM orders_issueorder WHERE id = ?"
        wait_for("printed", lambda: rows(hall, state, order.id) == [("printed",)])
        wait_for("card out", lambda: emulators.bay.place is Place.OUTSIDE)
        wait_for("outbox", lambda: room.outbox.pending() == 0)
        assert room.outbox.refused() == []
        stop.set()
    assert rows(hall, "SELECT count(*) FROM cases_case") == before


def rows(hall: Hall, query: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(hall.data / "hall.sqlite3", timeout=10)) as database:
        return database.execute(query, values).fetchall()


def test_a_print_that_never_ends_does_not_keep_the_kiosk_from_stopping() -> None:
    hangs = Flag()

    def rewrite(ask: RewriteBack, reply: Reply) -> None:
        hangs.wait(20)

    asks = Asks({RewriteBack: rewrite}, lambda event: None)
    asks.begin(RewriteBack(Ref("v", 1), ORDER))
    begun = time.monotonic()
    assert not asks.wait_for(RewriteBack, 0.2)
    assert time.monotonic() - begun < 5
    Thread(target=hangs.set).start()
    assert asks.wait_for(RewriteBack, 10)


def test_the_supervisor_waits_as_long_as_a_print_may_take(config: Path) -> None:
    seconds = re.search(r"^TimeoutStopSec=(\d+)$", UNIT.read_text("utf-8"), re.M)
    assert seconds is not None
    rest_s = 15  # watchers, teller, outbox and ports end within their own few seconds
    assert int(seconds[1]) >= print_within_s(load_settings(config)) + rest_s
