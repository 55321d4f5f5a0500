"""RewriteBack through the real printer driver: what may erase a card's back, and what may not."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Event as Flag

import pytest

from backend_client.client import KioskClient
from backend_client.contract import (
    ApplicationView,
    Endorsement,
    Offer,
    OrderState,
    OrderView,
    Texts,
)
from demo.hall import free_port
from devices.assembly import Machine, open_machine
from devices.escpos_receipt import ReceiptStyle, build_receipt
from devices.interfaces import BackLine, PrintOutcome, ReceiptPart
from devices.rig.card import Card, CardFront
from devices.rig.card_back import back_text
from devices.status import Disconnected
from kiosk.runtime import papers
from kiosk.runtime.handlers.printing import BackHandlers
from kiosk.runtime.journal import Journal
from kiosk.runtime.line import ClientLine
from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.reply import Reply
from kiosk.session import facts
from kiosk.session.effects import RewriteBack
from kiosk.session.events import BackPrinted, Event
from kiosk.session.facts import Case, Escalation, Outcome, PrintEnd
from kiosk.session.visit import Ref
from kiosk.settings import load_settings, read_credential
from kiosk.values import Language
from tests.runtime.machine_room import Emulators, wait_for
from tests.runtime.samples import NUMBER, ORDER

REF = Ref("v", 9)
TITLE = Texts(zh_hans="香港 个人旅游", zh_hant="香港 個人旅遊", en="Hong Kong, individual visit")
ONCE = Texts(zh_hans="一次", zh_hant="一次", en="once")
SLOWEST_USUAL_BAUD = 19200
NOW = datetime(2026, 5, 1, 12, 0).astimezone()


def endorsement(number: str) -> Endorsement:
    return Endorsement(
        number=number,
        kind="G",
        title=TITLE,
        destination="HKG",
        destination_title=Texts(zh_hans="香港", zh_hant="香港", en="Hong Kong"),
        kind_title=Texts(zh_hans="个人旅游", zh_hant="個人旅遊", en="individual visit"),
        entries=ONCE,
        valid_from=date(2026, 5, 1),
        valid_until=date(2026, 8, 1),
        stay_days=7,
        office="某市出入境",
    )


VIEW = OrderView(
    id=ORDER.id,
    number=ORDER.number,
    state=OrderState.ORDERED,
    fencing_token=ORDER.fencing_token,
    card_number=NUMBER,
    new=endorsement("E2"),
    back=(endorsement("E1"), endorsement("E2")),
)


class Desk:
    """The printer with a card in it, and one handler."""

    def __init__(self, machine: Machine, line: ClientLine, folder: Path, bay_card: Card) -> None:
        self.card = bay_card
        self.journal = Journal(folder / "journal.sqlite3")
        self.materials = MaterialsByVisit()
        printer = machine.card_printer
        self.printer = printer
        self.handlers = BackHandlers(
            printer, printer, None, line, self.journal, self.materials, lambda: NOW
        )

    def rewrite(self, effect: RewriteBack | None = None) -> BackPrinted:
        answers: list[Event] = []
        self.handlers.rewrite(effect or RewriteBack(REF, ORDER), Reply(REF, answers.append))
        (answer,) = answers
        assert isinstance(answer, BackPrinted)
        return answer


@pytest.fixture
def desk(config: Path, tmp_path: Path, emulators: Emulators) -> Iterator[Desk]:
    settings = load_settings(config)
    machine = open_machine(settings.devices)
    client = KioskClient(settings.server.url, read_credential(settings))
    wait_for("open", lambda: not isinstance(machine.card_printer.status(), Disconnected))
    card = Card(CardFront(""))
    emulators.bay.insert(card)
    assert machine.card_printer.take_in(Flag())
    machine.card_printer.rewrite([BackLine("the old back")])
    desk = Desk(machine, ClientLine(client), tmp_path, card)
    yield desk
    desk.journal.close()
    machine.close()
    client.close()


def test_an_order_that_the_server_does_not_know_erases_nothing(desk: Desk) -> None:
    desk.materials.of("v").orders[ORDER.id] = VIEW

    answer = desk.rewrite()

    assert answer.end is PrintEnd.FAILED
    assert "not_found" in answer.detail
    assert back_text(desk.card) == "the old back"
    assert desk.journal.read().marks == {}


def test_without_the_orders_content_nothing_is_erased(desk: Desk) -> None:
    assert desk.rewrite().end is PrintEnd.FAILED
    assert back_text(desk.card) == "the old back"


def test_an_old_fencing_token_erases_nothing(desk: Desk) -> None:
    desk.materials.of("v").orders[ORDER.id] = VIEW
    answer = desk.rewrite(RewriteBack(REF, replace(ORDER, fencing_token=6)))
    assert answer.end is PrintEnd.FAILED
    assert back_text(desk.card) == "the old back"


def test_without_a_card_the_server_is_not_even_asked(desk: Desk, emulators: Emulators) -> None:
    desk.materials.of("v").orders[ORDER.id] = VIEW
    emulators.bay.pull()
    answer = desk.rewrite()
    assert answer.end is PrintEnd.FAILED
    assert "not_found" not in answer.detail


def test_a_lost_server_erases_nothing(
    desk: Desk, machine_line: ClientLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.runtime.line.PATIENCE_S", 1.0)
    desk.materials.of("v").orders[ORDER.id] = VIEW
    desk.handlers = BackHandlers(
        desk.printer, desk.printer, None, machine_line, desk.journal, desk.materials, lambda: NOW
    )
    assert desk.rewrite().end is PrintEnd.FAILED
    assert back_text(desk.card) == "the old back"


@pytest.fixture
def machine_line() -> Iterator[ClientLine]:
    """A line to a server that is not there."""
    client = KioskClient(f"http://127.0.0.1:{free_port()}", "none")
    yield ClientLine(client)
    client.close()


def test_a_ticket_holds_nothing_personal_and_speaks_the_visits_language() -> None:
    case = Case("k1-c1", Escalation.NO_RECORD, "K1-007")
    for language in Language:
        parts = papers.ticket(case, Outcome.WAITING, language, kiosk="1", at=NOW)
        words = " ".join(getattr(part, "text", "") for part in parts)
        assert "K1-007" in words
        assert "人工窗口小票" in words
        assert papers.Phrase.TICKET.value.in_language(language) in words
        assert NUMBER not in words


def words_on(parts: Sequence[ReceiptPart]) -> str:
    said = [(getattr(part, "text", ""), getattr(part, "value", "")) for part in parts]
    return "\n".join(text or value for text, value in said)


def test_a_ticket_says_once_where_to_go() -> None:
    words = facts.Texts("请到 5 号窗口。", "請到 5 號窗口。", "Please go to counter 5.")
    decided = facts.Decision(facts.DecisionKind.TO_COUNTER, words)
    case = Case("k1-c1", Escalation.NO_RECORD, "K1-007", decision=decided)
    parts = papers.ticket(case, Outcome.TO_COUNTER, Language.EN, kiosk="1", at=NOW)
    said = words_on(parts)
    assert "5 号窗口" in said
    assert "counter 5" in said
    assert papers.Phrase.TO_COUNTER.value.zh_hans not in said
    assert papers.Phrase.TO_COUNTER.value.en not in said


@pytest.mark.parametrize(
    ("fee_fen", "reprint_of", "said"),
    [(3000, None, "30 元"), (1550, None, "15.50 元"), (0, None, "免费"), (0, "E1", "免费重印")],
)
def test_a_receipt_says_the_fee_as_the_screen_does(
    fee_fen: int, reprint_of: str | None, said: str
) -> None:
    offer = Offer(code="x", title=TITLE, detail=TITLE, fee_fen=fee_fen, reprint_of=reprint_of)
    view = ApplicationView(id="a1", number="A0007", offer=offer, settled=True, identified=True)
    language = Language.ZH_HANS
    lines = words_on(
        papers.receipt(view, endorsement("E1"), NUMBER, language, kiosk="1", at=NOW)
    ).split("\n")
    assert said in lines
    assert "香港 个人旅游" in lines


@pytest.mark.parametrize("language", Language)
def test_a_receipt_is_out_before_the_session_gives_it_up(config: Path, language: Language) -> None:
    settings = load_settings(config)
    offer = Offer(code="G-HKG-1Y-2", title=TITLE, detail=TITLE, fee_fen=8000)
    view = ApplicationView(id="a1", number="A0007", offer=offer, settled=True, identified=True)
    paper = papers.receipt(view, endorsement("E1"), NUMBER, language, kiosk="1", at=NOW)

    wire_s = len(build_receipt(paper, ReceiptStyle())) * 10 / SLOWEST_USUAL_BAUD

    assert wire_s < settings.visit.timers.receipt / 2


def test_the_configurations_layout_and_waits_reach_the_printer(
    config: Path, emulators: Emulators
) -> None:
    text = config.read_text("utf-8")
    for old, new in (
        ("max_columns = 60", "max_columns = 30"),
        ("erase_s = 20.0", "erase_s = 0.5"),
    ):
        assert old in text
        text = text.replace(old, new)
    config.write_text(text, "utf-8")
    machine = open_machine(load_settings(config).devices)
    try:
        printer = machine.card_printer
        wait_for("open", lambda: not isinstance(printer.status(), Disconnected))
        assert printer.max_columns == 30
        emulators.bay.insert(Card(CardFront("")))
        assert printer.take_in(Flag())
        emulators.card_printer.faults.slowness = 10.0
        result = printer.rewrite([BackLine("late")])
        assert result.outcome is PrintOutcome.FAILED  # the emulator erases in 2 s
        assert "after 0.5 s" in result.detail
    finally:
        machine.close()
