"""Issue: order, the same card again, erase and print. Not to be interrupted by a touch."""

from kiosk.session import resuming
from kiosk.session.effects import CheckSameCard, ReportPrint, RewriteBack
from kiosk.session.events import (
    BackPrinted,
    Button,
    CardChecked,
    EffectFailed,
    Event,
    OrderMade,
    ServerLost,
    ServerRefused,
    Touched,
)
from kiosk.session.facts import Device, Escalation, Order, PrintEnd
from kiosk.session.phases import Issue, IssueStage
from kiosk.session.rules import Rules
from kiosk.session.steps.call_person import call_person
from kiosk.session.turn import Turn
from kiosk.session.way import NEEDED_TO_ISSUE, escalate, leave_without_server, to_receipt

NEEDED_TO_PRINT = (Device.CARD_SLOT, Device.ENDORSEMENT_PRINTER)


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Print exactly once, only with an order, only on the card that the order names."""
    match event:
        case OrderMade(order=order):
            return _check_card(turn, order, rules)
        case CardChecked(same=True):
            return _print(turn, rules)
        case CardChecked() | EffectFailed(kind="CheckSameCard"):
            return _ended(turn, PrintEnd.FAILED, rules, detail="another card, or none, answers")
        case BackPrinted(end=end, inspected=inspected, detail=detail):
            return _ended(turn, end, rules, inspected=inspected, detail=detail)
        case EffectFailed(kind="RewriteBack", detail=detail):
            return _ended(turn, PrintEnd.UNKNOWN, rules, detail=detail)
        case ServerRefused(code="already_issued", issued_at=issued_at) if turn.visit.resumption:
            return resuming.issued_elsewhere(turn, issued_at)
        case ServerRefused() | EffectFailed(kind="MakeOrder"):
            return escalate(turn, Escalation.PAID_NOT_ISSUED, rules)
        case ServerLost():
            return leave_without_server(turn, rules)
        case Touched(button=Button.ASK_PERSON):
            return call_person(turn, Escalation.PERSON_ASKED, rules)
        case _:
            return None


def _check_card(turn: Turn, order: Order, rules: Rules) -> Turn:
    card = turn.visit.card
    if card is None or order.card_number != card.number:
        return escalate(turn, Escalation.PAID_NOT_ISSUED, rules)
    turn = turn.set(order=order)
    if (lost := _lost(turn, NEEDED_TO_ISSUE)) is not None:
        return _ended(turn, PrintEnd.FAILED, rules, detail=lost)
    return turn.set(phase=Issue(IssueStage.CHECKING_CARD)).ask(
        lambda ref: CheckSameCard(ref, card.number)
    )


def _print(turn: Turn, rules: Rules) -> Turn:
    order = turn.visit.order
    if order is None:
        return escalate(turn, Escalation.PAID_NOT_ISSUED, rules)
    if (lost := _lost(turn, NEEDED_TO_PRINT)) is not None:
        # Erasing what cannot be printed anew would make it worse; nothing has begun yet.
        return _ended(turn, PrintEnd.FAILED, rules, detail=lost)
    return turn.set(phase=Issue(IssueStage.PRINTING)).ask(lambda ref: RewriteBack(ref, order))


def _lost(turn: Turn, needed: tuple[Device, ...]) -> str | None:
    device = next((device for device in needed if device in turn.visit.lost), None)
    return None if device is None else f"{device.value} is lost"


def _ended(
    turn: Turn, end: PrintEnd, rules: Rules, *, inspected: bool = False, detail: str
) -> Turn:
    order = turn.visit.order
    turn = turn.set(print_end=end)
    if order is not None:
        turn = turn.tell(lambda ref: ReportPrint(ref, order, end, inspected, detail[:200]))
    match end:
        case PrintEnd.PRINTED:
            return to_receipt(turn, rules)
        case PrintEnd.FAILED:
            return escalate(turn, Escalation.PAID_NOT_ISSUED, rules)
        case PrintEnd.UNKNOWN:
            return escalate(turn, Escalation.PRINT_UNKNOWN, rules)
