"""The counter: take a case up, take the fee, and issue from the application that it is about."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from backend.accounts.services import actor
from backend.applications.models import Application
from backend.applications.services import identify_by_case, make_for_counter, settle
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.claims import claim, find, require
from backend.cases.closing import close, close_answered
from backend.cases.decisions import DecisionInput, decide, live_decision
from backend.cases.hands import refuse_own_link
from backend.cases.models import SERVERS_OWN, Case, Decision, Stage
from backend.clock import now
from backend.fleet.models import Kiosk
from backend.live.services import bump
from backend.orders.issuing import find_or_make_order, put_on_record
from backend.orders.models import IssueOrder, State
from backend.orders.printing import end
from backend.payments.services import cancel_pending, is_paid, is_pending
from backend.refusal import Refused
from backend.resume.from_silent import may_take_from_silent, take_from_silent
from backend_client.contract import DecisionKind, Evidence, RefusalCode

OPEN_ORDER = (State.ORDERED, State.FAILED)


@dataclass(frozen=True, slots=True)
class CounterForm:
    """What the clerk at the counter confirms and chooses.

    ``seen_in_person`` is the word for identity; ``fee_taken`` says that the counter took the fee,
    where it is not paid yet. ``seen_blank`` says that the card's back was looked at and does not
    have the endorsement, where a printer did not report. ``offer_code`` is needed only where the
    case names no offer.
    """

    seen_in_person: bool
    fee_taken: bool = False
    seen_blank: bool = False
    offer_code: str = ""


class CodeStillOpen(Refused):
    """The payment code on the resident's telephone could still be paid."""


class PaidByCode(Refused):
    """The counter took a fee that was paid by the code meanwhile; it must be given back."""


def may_issue(case: Case) -> bool:
    """Say whether the case's endorsement may be issued from the counter now.

    Sent there by a decision, or decided in the resident's favour after they had left the kiosk or
    the kiosk had gone silent, or opened by the server itself.
    """
    decision = live_decision(case)
    if decision is None or decision.state != Decision.State.IN_FORCE:
        return False
    if decision.kind == DecisionKind.TO_COUNTER:
        return True
    here = case.left_with_ticket or case.id.startswith(SERVERS_OWN) or may_take_from_silent(case)
    return here and decision.kind != DecisionKind.REFUSED


def take_to_counter(case_id: str, user: User) -> Case:
    """Take a case that is still undecided to the counter: claim it and decide so in one step.

    Raises Refused: NOT_FOUND, NOT_ELIGIBLE, CONFLICT (somebody else has it, or it is decided).
    """
    with transaction.atomic():
        claim(case_id, user)
        decide(case_id, user, DecisionInput(DecisionKind.TO_COUNTER))
        return find(case_id)


def stop_payment_code(case_id: str, user: User) -> Application:
    """End the payment code, so that the counter may take the fee; return how the fee stands now.

    Paid meanwhile, the application is settled and nothing is to be taken. Raises Refused:
    NOT_ELIGIBLE, NOT_FOUND, CONFLICT where nothing was applied for or it is not at the counter.
    """
    require(user, "decide")
    with transaction.atomic():
        case = _taken(case_id, user)
        if case.application is None or not may_issue(case):
            raise Refused(RefusalCode.CONFLICT, "no application of this case is at the counter")
        cancel_pending(case.application, actor(user))
        bump()
    return case.application


def issue_at_counter(case_id: str, user: User, form: CounterForm) -> IssueOrder:
    """Record that the counter printed this case's endorsement, and close the case.

    The order becomes AT_COUNTER in the same transaction, so that no kiosk can print it as well.
    Raises Refused: NOT_ELIGIBLE, NOT_FOUND, CONFLICT, IDENTITY_MISSING, SETTLEMENT_MISSING,
    ALREADY_ISSUED; OwnLink for who linked the record.
    """
    require(user, "decide")
    with transaction.atomic():
        _taken(case_id, user)
        case, order = _ready(case_id, user, form, None)
        order.state = State.AT_COUNTER
        order.fencing_token += 1
        order.ended_at = now()
        order.save(update_fields=["state", "fencing_token", "ended_at"])
        put_on_record(order)
        append(Kind.ORDER_AT_COUNTER, actor(user), f"order:{order.id}", case=case.id)
        close(case, actor(user), "issued_at_counter")
        close_answered(order.application, actor(user), "issued_at_counter")
        bump()
    return order


def print_at_kiosk(case_id: str, user: User, form: CounterForm, kiosk_id: str) -> IssueOrder:
    """Order the print at a named kiosk: the card, put in there, takes the case up and prints.

    The clerk may name another kiosk, or record a print by hand, until printing begins; the kiosk
    before is then fenced off. Raises Refused as ``issue_at_counter`` does.
    """
    require(user, "decide")
    with transaction.atomic():
        kiosk = Kiosk.objects.filter(id=kiosk_id, revoked_at=None, resumes=True).first()
        if kiosk is None:
            raise Refused(RefusalCode.NOT_FOUND, "no such kiosk that takes cases up")
        _taken(case_id, user)
        case, order = _ready(case_id, user, form, kiosk)
        if case.card_number == "":
            raise Refused(RefusalCode.CONFLICT, "a kiosk prints on a card that the case names")
        identify_by_case(order.application, case, actor(user))
        order.state = State.ORDERED
        order.kiosk = kiosk
        order.at_named_kiosk = True
        order.fencing_token += 1
        order.evidence = order.detail = ""
        order.created_at = now()
        order.ended_at = None
        order.save()
        append(
            Kind.ORDER_SENT_TO_KIOSK,
            actor(user),
            f"order:{order.id}",
            case=case.id,
            kiosk=kiosk.id,
            token=order.fencing_token,
        )
        bump()
    return order


def confirm_printed(case_id: str, user: User) -> IssueOrder:
    """Note that the card's back does have the endorsement that no printer reported; close the case.

    Raises Refused: NOT_ELIGIBLE, NOT_FOUND, CONFLICT; OwnLink for who linked the record.
    """
    require(user, "decide")
    with transaction.atomic():
        case = find(case_id)
        order = order_of(case.application)
        if not may_issue(case) or order is None or order.state != State.UNKNOWN:
            raise Refused(RefusalCode.CONFLICT, "no print of this case is unknown")
        refuse_own_link(case, user)
        end(order, State.PRINTED, actor(user), Evidence.INSPECTED.value, "")
        close(case, actor(user), "printed")
    return order


def _taken(case_id: str, user: User) -> Case:
    """Return the case, taken from its kiosk where that went silent. Raises Refused NOT_FOUND."""
    case = find(case_id)
    if may_issue(case):
        take_from_silent(case, user)
    return case


def order_of(application: Application | None) -> IssueOrder | None:
    """Return the application's order."""
    if application is None:
        return None
    return IssueOrder.objects.select_related("kiosk").filter(application=application).first()


def _ready(
    case_id: str, user: User, form: CounterForm, kiosk: Kiosk | None
) -> tuple[Case, IssueOrder]:
    """Check identity, fee and order; return the case and the order that is not begun."""
    case = find(case_id)
    if case.stage == Stage.CLOSED or not may_issue(case):
        raise Refused(RefusalCode.CONFLICT, "the case was not sent to the counter")
    refuse_own_link(case, user)
    if not form.seen_in_person:
        raise Refused(RefusalCode.IDENTITY_MISSING, "the resident must be seen in person")
    application = case.application or make_for_counter(case, form.offer_code, kiosk)
    _check_fee(application, form)
    if not application.settled:
        settle(application, actor(user))
    order = find_or_make_order(application)
    unknown = order.state == State.UNKNOWN and form.seen_blank
    if order.state not in OPEN_ORDER and not unknown:
        raise Refused(RefusalCode.ALREADY_ISSUED, f"the order is {order.state}")
    return case, order


def _check_fee(application: Application, form: CounterForm) -> None:
    """Refuse unless the fee is paid in one way, and in one way only."""
    if application.settled:
        if form.fee_taken and is_paid(application):
            raise PaidByCode(RefusalCode.CONFLICT, "the fee was paid by the code meanwhile")
        return
    if application.fee_fen == 0:
        return
    if not form.fee_taken:
        raise Refused(RefusalCode.SETTLEMENT_MISSING, "the fee is not paid")
    if is_pending(application):
        raise CodeStillOpen(RefusalCode.CONFLICT, "the payment code could still be paid")
