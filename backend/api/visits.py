"""The end of a visit: where its card is, and what must not be left behind."""

from backend.api.models import EndedVisit
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.residents_side import resident_gone
from backend.clock import now
from backend.fleet.models import Kiosk
from backend.orders.reconcile import visit_ended
from backend_client.contract import VisitEnd


def end_visit(kiosk: Kiosk, visit_id: str, end: VisitEnd) -> None:
    """Store the end of a visit, once. Call it inside a transaction."""
    _, made = EndedVisit.objects.get_or_create(
        kiosk=kiosk,
        visit_id=visit_id,
        defaults={
            "outcome": end.outcome,
            "card": end.card,
            "application_id": end.application_id or "",
            "case_id": end.case_id or "",
            "at": now(),
        },
    )
    if not made:
        return
    append(
        Kind.VISIT_ENDED,
        f"kiosk:{kiosk.id}",
        f"visit:{visit_id}",
        outcome=end.outcome,
        card=end.card,
    )
    resident_gone(kiosk, visit_id, end.card)
    visit_ended(kiosk, visit_id, end.application_id)
