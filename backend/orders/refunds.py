"""A fee that was given back at the counter: nothing is issued for it, and its cases end."""

from django.contrib.auth.models import User
from django.db import transaction

from backend.accounts.services import actor
from backend.applications.models import Application
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.claims import find, require
from backend.cases.closing import close, close_answered
from backend.cases.decisions import live_decision
from backend.cases.models import Case, Decision, Stage
from backend.clock import now
from backend.live.services import bump
from backend.orders.counter import OPEN_ORDER, order_of
from backend.orders.models import State
from backend.refusal import Refused
from backend_client.contract import DecisionKind, RefusalCode

DECIDED = (DecisionKind.TO_COUNTER, DecisionKind.REFUSED)


def is_refundable(case: Case) -> bool:
    """Say whether the counter may give the case's fee back.

    It is paid, a person sent the resident to the counter or refused, and nothing was printed or
    may have been: what a printer did not report is looked at first.
    """
    application, decision = case.application, live_decision(case)
    if application is None or application.fee_fen == 0 or not application.settled:
        return False
    if (
        decision is None
        or decision.state != Decision.State.IN_FORCE
        or decision.kind not in DECIDED
    ):
        return False
    order = order_of(application)
    return case.stage != Stage.CLOSED and (order is None or order.state in OPEN_ORDER)


def refund(case_id: str, user: User) -> Application:
    """Note that the fee was given back; close the case and what else waits for the same.

    From then on no kiosk prints for it, and the resident may pay anew. Raises Refused:
    NOT_ELIGIBLE, NOT_FOUND, CONFLICT.
    """
    require(user, "decide")
    with transaction.atomic():
        case = find(case_id)
        application = case.application
        if application is None or not is_refundable(case):
            raise Refused(RefusalCode.CONFLICT, "there is no fee that could be given back")
        order = order_of(application)
        if order is not None and order.state == State.ORDERED:
            order.state, order.ended_at = State.FAILED, now()
            order.fencing_token += 1
            order.save(update_fields=["state", "ended_at", "fencing_token"])
        application.refunded_at = now()
        application.awaits_order = False
        application.save(update_fields=["refunded_at", "awaits_order"])
        append(
            Kind.REFUNDED,
            actor(user),
            f"application:{application.id}",
            case=case.id,
            fee_fen=application.fee_fen,
        )
        close(case, actor(user), "refunded")
        close_answered(application, actor(user), "refunded")
        bump()
    return application
