"""The desk goes on with what a kiosk left: one more session, so that the kiosk is fenced off."""

from django.contrib.auth.models import User

from backend.accounts.services import actor
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.models import Case, Stage
from backend.clock import now
from backend.live.services import bump
from backend.orders.models import IssueOrder, State
from backend.resume.fencing import session_of
from backend.resume.models import Session
from backend.resume.services import move_application
from backend.resume.silence import is_left_by_kiosk
from backend.resume.subject import application_of_case


def may_take_from_silent(case: Case) -> bool:
    """Say whether a decided case may go on at a desk: its kiosk is silent, printing not begun."""
    if case.stage != Stage.DECIDED or not is_left_by_kiosk(case):
        return False
    order = IssueOrder.objects.filter(application=application_of_case(case)).first()
    return order is None or order.state == State.ORDERED


def take_from_silent(case: Case, user: User) -> None:
    """Take a decided case from its kiosk where that went silent; else leave all as it is.

    From then on the kiosk's messages are those of an earlier session, whatever it does when it
    comes back: its visit has neither case nor application. Inside a transaction only.
    """
    if case.kiosk is None or not may_take_from_silent(case):
        return
    number = session_of(case) + 1
    before = case.visit_id
    visit_id = f"counter-{number}-{case.id}"[:64]
    case.application = application_of_case(case)
    Session.objects.create(
        case=case,
        number=number,
        kiosk=case.kiosk,
        before=case.kiosk,
        visit_id=visit_id,
        at=now(),
    )
    case.visit_id = visit_id
    case.left_with_ticket = True
    case.version = bump()
    case.save(update_fields=["application", "visit_id", "left_with_ticket", "version"])
    if case.application is not None:
        move_application(case.application, case.kiosk, visit_id, keep_identity=False)
    append(
        Kind.CASE_RESUMED,
        actor(user),
        f"case:{case.id}",
        session=number,
        visit=visit_id,
        before=before,
    )
