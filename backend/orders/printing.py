"""An order's way from ordered to its end, guarded by the fencing token."""

from django.db import transaction

from backend.applications.identity import still_identified
from backend.audit.kinds import Kind
from backend.audit.services import append, text_hash
from backend.cases.closing import close_answered
from backend.cases.opening import open_by_server
from backend.clock import now
from backend.fleet.models import Kiosk
from backend.live.services import bump
from backend.orders.issuing import put_on_record
from backend.orders.models import IssueOrder, State
from backend.refusal import Refused
from backend_client.contract import (
    CaseReason,
    Endorsement,
    OrderState,
    OrderView,
    PrintReport,
    RefusalCode,
)

ENDED = (State.PRINTED, State.FAILED, State.UNKNOWN)
_KINDS = {
    State.PRINTED: Kind.ORDER_PRINTED,
    State.FAILED: Kind.ORDER_FAILED,
    State.UNKNOWN: Kind.ORDER_UNKNOWN,
}


def begin_printing(kiosk: Kiosk, order_id: str, token: int) -> IssueOrder:
    """Let the token's holder print, once. Asking again with the same token is the same answer.

    Raises Refused: NOT_FOUND, STALE_TOKEN, IDENTITY_MISSING (undone meanwhile), CONFLICT (an
    earlier process began: how that ended must be reported), ALREADY_ISSUED.
    """
    with transaction.atomic():
        order = _held_by(kiosk, order_id, token)
        if order.state == State.PRINTING:
            if order.printing_token != token:
                raise Refused(RefusalCode.CONFLICT, "printing was begun; report how it ended")
            return order
        if order.state in (State.PRINTED, State.AT_COUNTER):
            raise Refused(RefusalCode.ALREADY_ISSUED, f"the order is {order.state}")
        if order.state != State.ORDERED:
            raise Refused(RefusalCode.CONFLICT, f"the order is {order.state}")
        if not still_identified(order.application):
            raise Refused(RefusalCode.IDENTITY_MISSING, "identity was withdrawn")
        order.state = State.PRINTING
        order.printing_token = token
        order.printing_at = now()
        order.save(update_fields=["state", "printing_token", "printing_at"])
        append(Kind.ORDER_PRINTING, f"kiosk:{kiosk.id}", f"order:{order.id}", token=token)
        bump()
    return order


def end_printing(kiosk: Kiosk, order_id: str, report: PrintReport) -> IssueOrder:
    """Store how the print ended; failed and unknown open a case by themselves.

    The same report again is the same answer. An order whose end the server only assumed takes
    the report. Raises Refused: NOT_FOUND, STALE_TOKEN, CONFLICT.
    """
    with transaction.atomic():
        order = _held_by(kiosk, order_id, report.fencing_token)
        outcome = State(report.outcome)
        if order.state == outcome and order.evidence:
            return order
        _check_end(order, outcome)
        end(order, outcome, f"kiosk:{kiosk.id}", report.evidence.value, report.detail)
    return order


def end(order: IssueOrder, outcome: State, who: str, evidence: str, detail: str) -> None:
    """Set the end of an order; ``evidence`` is empty where the server only assumes it."""
    with transaction.atomic():
        order.state = outcome
        order.evidence = evidence
        order.detail = detail
        order.ended_at = now()
        order.save(update_fields=["state", "evidence", "detail", "ended_at"])
        append(
            _KINDS[outcome],
            who,
            f"order:{order.id}",
            evidence=evidence or "assumed",
            detail=text_hash(detail) if detail else "",
        )
        if outcome == State.PRINTED:
            put_on_record(order)
            close_answered(order.application, who, "printed")
        elif outcome == State.UNKNOWN:
            open_by_server(order.application, CaseReason.PRINT_UNKNOWN, detail)
        else:
            open_by_server(order.application, not_issued_reason(order), detail)
        bump()


def not_issued_reason(order: IssueOrder) -> CaseReason:
    """Return the reason of the case that a failed print opens."""
    paid = order.application.fee_fen > 0
    return CaseReason.PAID_NOT_ISSUED if paid else CaseReason.DEVICE_FAULT


def order_view(order: IssueOrder) -> OrderView:
    """Build what the kiosk sees."""
    return OrderView(
        id=order.id,
        number=order.number,
        state=OrderState(order.state),
        fencing_token=order.fencing_token,
        card_number=order.card_number,
        new=Endorsement.model_validate(order.new),
        back=tuple(Endorsement.model_validate(one) for one in order.back),
    )


def _held_by(kiosk: Kiosk, order_id: str, token: int) -> IssueOrder:
    order = (
        IssueOrder.objects.select_for_update(of=("self",))
        .select_related("application")
        .filter(id=order_id, kiosk=kiosk)
        .first()
    )
    if order is None:
        raise Refused(RefusalCode.NOT_FOUND, "no such order at this kiosk")
    if order.state == State.AT_COUNTER:
        raise Refused(RefusalCode.ALREADY_ISSUED, "the counter has issued it")
    if order.fencing_token != token:
        raise Refused(RefusalCode.STALE_TOKEN, "another process has taken the order over")
    return order


def _check_end(order: IssueOrder, outcome: State) -> None:
    if order.state == State.PRINTING:
        return
    if order.state == State.ORDERED and outcome == State.FAILED:
        return
    if order.state == State.UNKNOWN and not order.evidence:
        return
    raise Refused(RefusalCode.CONFLICT, f"the order is {order.state}")
