"""Pay: a QR code. Money that came is never lost: leaving asks the server first."""

from kiosk.session.effects import CancelPayment, StartPayment
from kiosk.session.events import (
    Button,
    Event,
    PaymentChanged,
    ServerLost,
    ServerRefused,
    Touched,
)
from kiosk.session.facts import Escalation, Outcome, Payment, PaymentStatus
from kiosk.session.phases import Pay
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.way import (
    advance,
    escalate,
    give_card_back,
    go_safe,
    leave,
    leave_without_server,
    report_case,
)


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Wait for the money, or for the word that none came."""
    match event:
        case PaymentChanged(payment=payment):
            return _changed(turn.set(payment=payment), payment, rules)
        case ServerRefused(code="paid_before"):
            return escalate(turn, Escalation.PAID_NOT_ISSUED, rules)
        case ServerRefused(code="not_eligible"):
            return escalate(turn, Escalation.INELIGIBLE_DISPUTED, rules)
        case ServerRefused(code=code):
            return go_safe(turn, rules, f"payment refused: {code}")
        case ServerLost():
            return leave_without_server(turn, rules)
        case Touched() if _cancelling(turn):
            return turn
        case Touched(button=Button.NEXT):
            return _again(turn)
        case Touched(button=Button.LEAVE | Button.BACK):
            return give_up(turn)
        case Touched(button=Button.ASK_PERSON):
            return escalate(turn, Escalation.PERSON_ASKED, rules)
        case _:
            return None


def give_up(turn: Turn) -> Turn:
    """Withdraw the payment, so that leaving and paying at once cannot lose money."""
    payment = turn.visit.payment
    if payment is None or payment.status is not PaymentStatus.PENDING:
        return give_card_back(turn, Outcome.LEFT)
    return turn.enter(Pay(cancelling=True)).ask(lambda ref: CancelPayment(ref, payment.id))


def _changed(turn: Turn, payment: Payment, rules: Rules) -> Turn:
    if payment.status is PaymentStatus.PAID:
        return advance(turn, rules)
    if not _cancelling(turn):
        return turn
    if payment.status is PaymentStatus.PENDING:
        # It could not be withdrawn, so the money may still come: staff look after it.
        detail = "the payment could not be withdrawn"
        turn = report_case(turn, Escalation.PAID_NOT_ISSUED, rules, detail)
        return leave(turn, Outcome.WAITING, rules)
    return give_card_back(turn, Outcome.LEFT)


def _again(turn: Turn) -> Turn:
    application, payment = turn.visit.application, turn.visit.payment
    ended = payment is not None and payment.status in (
        PaymentStatus.FAILED,
        PaymentStatus.CANCELLED,
    )
    if application is None or not ended or turn.visit.awaits("StartPayment"):
        return turn
    return turn.set(payment=None).ask(lambda ref: StartPayment(ref, application.id))


def _cancelling(turn: Turn) -> bool:
    return isinstance(turn.visit.phase, Pay) and turn.visit.phase.cancelling
