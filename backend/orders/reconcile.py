"""Find what is unfinished and put it right, or before a person: paid but not issued, stuck."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from backend.applications.models import Application
from backend.applications.services import application_of
from backend.applications.unfinished import is_paid_unissued
from backend.cases.closing import close
from backend.cases.grants import is_sent_to_counter
from backend.cases.held_cards import is_held
from backend.cases.models import Case, Stage
from backend.cases.opening import NO_PERSONS_WORD, open_by_server, standing_case
from backend.cases.reasons import is_answered_by_issue
from backend.clock import ago
from backend.config import hall
from backend.fleet.models import Kiosk
from backend.orders.models import IssueOrder, State
from backend.orders.printing import end, not_issued_reason
from backend.payments.services import expire_pending
from backend.refusal import Refused
from backend.resume.subject import moved_since
from backend_client.contract import CaseReason


def reconcile() -> int:
    """Look once at everything unfinished; return how many matters were moved on."""
    return expire_pending() + end_stuck_orders() + find_paid_not_issued()


def end_stuck_orders() -> int:
    """Orders that nobody reported on: printing becomes unknown, ordered gets a case.

    One that moved to another session gets its time there.
    """
    late = ago(hall().timers.order_stuck_s)
    unfinished = IssueOrder.objects.filter(state__in=(State.ORDERED, State.PRINTING))
    printing = unfinished.filter(state=State.PRINTING, printing_at__lt=late)
    waiting = unfinished.filter(state=State.ORDERED, created_at__lt=late)
    waiting = waiting.exclude(moved_since(late, "application"))
    moved = 0
    # Looked at first: who takes part in no change must not make the writers wait.
    if printing.exists() or waiting.exists():
        with transaction.atomic():
            for order in printing:
                end(order, State.UNKNOWN, "system", "", "no report from the kiosk")
                moved += 1
            for order in waiting.select_related("application"):
                reason = not_issued_reason(order)
                if standing_case(order.application, reason) is None:
                    open_by_server(order.application, reason, "never printed")
                    moved += 1
    return moved


def find_paid_not_issued() -> int:
    """Applications that are paid and not issued, and whose order nothing looks after: a case each.

    Each is looked at once, when its time is over; again only while another case of it stands, when
    a case of it closes, and after its time in a session that it moved to.
    """
    late = ago(hall().timers.paid_not_issued_s)
    due = Application.objects.filter(awaits_order=True, settled_at__lt=late)
    due = due.exclude(moved_since(late, "pk"))
    if not due.exists():
        return 0
    found = 0
    with transaction.atomic():
        ordered = IssueOrder.objects.filter(application=OuterRef("pk"))
        # What failed or is unknown goes on being looked after: its case may close unissued.
        looked_after = ordered.exclude(state__in=(State.FAILED, State.UNKNOWN))
        due.filter(Exists(looked_after)).update(awaits_order=False)
        _forget_known(due)
        for application in due:
            if standing_case(application, CaseReason.PAID_NOT_ISSUED) is None:
                open_by_server(application, CaseReason.PAID_NOT_ISSUED, "paid, not issued")
                found += 1
        _forget_known(due)
    return found


def _forget_known(due: QuerySet[Application]) -> None:
    """Look no longer after what has a case of its own; closing it without a word begins anew."""
    reason = CaseReason.PAID_NOT_ISSUED.value
    known = Case.objects.filter(reason=reason, application=OuterRef("pk"))
    known = known.exclude(stage=Stage.CLOSED, close_outcome__in=NO_PERSONS_WORD)
    due.filter(Exists(known)).update(awaits_order=False)


def visit_ended(kiosk: Kiosk, visit_id: str, application_id: str | None) -> None:
    """At the end of a visit: paid and not issued goes before a person at once.

    Cases of the visit that the kiosk has gone past are closed: decided so that it could go on, or
    answered by the issue. A held card's case stays. Inside a transaction only.
    """
    issued = IssueOrder.objects.filter(kiosk=kiosk, visit_id=visit_id, state=State.PRINTED).exists()
    for case in Case.objects.filter(kiosk=kiosk, visit_id=visit_id).exclude(stage=Stage.CLOSED):
        outcome = _how_closed(case, issued=issued)
        if outcome:
            close(case, f"kiosk:{kiosk.id}", outcome)
    if issued or application_id is None:
        return
    try:
        application = application_of(kiosk, application_id, visit_id)
    except Refused:
        return
    if is_paid_unissued(application):
        open_by_server(application, CaseReason.PAID_NOT_ISSUED, "the visit ended before the print")


def _how_closed(case: Case, *, issued: bool) -> str:
    """Return how the end of its visit closes a case; empty where it stays."""
    if is_held(case):
        return ""
    if issued and is_answered_by_issue(case.reason, case.phase):
        return "issued"
    if issued and case.reason == CaseReason.CARD_HELD:
        return "issued"
    gone_past = case.stage == Stage.DECIDED and not case.left_with_ticket
    return "visit_ended" if gone_past and not is_sent_to_counter(case) else ""
