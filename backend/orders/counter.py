"""Issue at the counter, from the application that the kiosk began."""

from django.contrib.auth.models import User
from django.db import transaction

from backend.accounts.services import actor
from backend.applications.services import make_for_counter, settle
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.claims import find, require
from backend.cases.closing import close
from backend.cases.grants import is_sent_to_counter
from backend.clock import now
from backend.live.services import bump
from backend.orders.issuing import find_or_make_order, put_on_record
from backend.orders.models import IssueOrder, State
from backend.refusal import Refused
from backend_client.contract import RefusalCode


def issue_at_counter(
    case_id: str, user: User, *, seen_in_person: bool, fee_taken: bool
) -> IssueOrder:
    """Record that the counter printed this case's endorsement, and close the case.

    The case needs a to_counter decision in force and an application, or an offer to make it of.
    ``seen_in_person`` is the clerk's word for identity; ``fee_taken`` says that the counter took
    the fee, where it is not paid yet. The order becomes AT_COUNTER in the same transaction, so
    that no kiosk can print it as well.

    Raises Refused: CONFLICT, IDENTITY_MISSING, SETTLEMENT_MISSING, ALREADY_ISSUED.
    """
    require(user, "decide")
    with transaction.atomic():
        case = find(case_id)
        if not is_sent_to_counter(case):
            raise Refused(RefusalCode.CONFLICT, "the case was not sent to the counter")
        application = case.application or make_for_counter(case)
        if not seen_in_person:
            raise Refused(RefusalCode.IDENTITY_MISSING, "the resident must be seen in person")
        if not application.settled:
            if not fee_taken:
                raise Refused(RefusalCode.SETTLEMENT_MISSING, "the fee is not paid")
            settle(application, actor(user))
        order = find_or_make_order(application)
        if order.state not in (State.ORDERED, State.FAILED):
            raise Refused(RefusalCode.ALREADY_ISSUED, f"the order is {order.state}")
        order.state = State.AT_COUNTER
        order.fencing_token += 1
        order.ended_at = now()
        order.save(update_fields=["state", "fencing_token", "ended_at"])
        put_on_record(order)
        append(Kind.ORDER_AT_COUNTER, actor(user), f"order:{order.id}", case=case.id)
        close(case, actor(user), "issued_at_counter")
        bump()
    return order
