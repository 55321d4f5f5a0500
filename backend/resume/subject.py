"""What a case is about, whether that was issued meanwhile, or goes on in a new session."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from backend.applications.models import Application
from backend.applications.unfinished import ISSUED, others_of_person
from backend.cases.models import Case
from backend.orders.models import IssueOrder
from backend.resume.models import Session


def application_of_case(case: Case) -> Application | None:
    """Return what the case is about; the kiosk may have applied after it had been decided."""
    if case.application is not None or not case.visit_id:
        return case.application
    return (
        Application.objects.filter(
            kiosk=case.kiosk, visit_id=case.visit_id, card_number=case.card_number
        )
        .order_by("settled_at", "created_at")
        .last()
    )


def issued_meanwhile(application: Application | None) -> IssueOrder | None:
    """Return the order by which the endorsement was issued: printed, or at the counter.

    Its own; where no fee is paid for it also another one's, by which its person had the same
    since. A fee that is paid beside that is not passed over: a person gives it back.
    """
    if application is None:
        return None
    issued = Q(application=application)
    if not (application.settled and application.fee_fen > 0):
        same = others_of_person(application).filter(offer_code=application.offer_code)
        issued |= Q(application__in=same, ended_at__gt=application.created_at)
    return IssueOrder.objects.filter(issued, state__in=ISSUED).order_by("ended_at").last()


def moved_since(moment: datetime, application: str) -> Exists:
    """Return the condition that a case of the application was taken up since then.

    ``application`` is the field that names it. Fee and order are with a resident there: what was
    unfinished before counts anew from that moment.
    """
    sessions = Session.objects.filter(case__application=OuterRef(application), at__gte=moment)
    return Exists(sessions)
