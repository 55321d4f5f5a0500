"""Find a card's parked case, take it up in a new visit, and check that it is the same person."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from backend.applications.models import Application, Basis
from backend.applications.services import application_view
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.decisions import live_decision
from backend.cases.models import SERVERS_OWN, Case, Decision, Stage
from backend.cases.view import case_view
from backend.clock import now
from backend.config import hall
from backend.evidence.services import EvidenceUnreadable, unseal
from backend.fleet.models import Kiosk
from backend.fleet.services import spend
from backend.live.services import bump
from backend.orders.models import IssueOrder, State
from backend.records.services import prove
from backend.refusal import Refused
from backend.resume.fencing import check_session, newest_session, session_of
from backend.resume.models import Session
from backend.resume.silence import is_silent
from backend.resume.subject import application_of_case, issued_meanwhile
from backend_client import contract as c

FOR_THE_COUNTER = (c.DecisionKind.TO_COUNTER.value, c.DecisionKind.REFUSED.value)


def parked(kiosk: Kiosk, wanted: c.ParkedRequest) -> c.ParkedAnswer:
    """Return the case of this card that may be taken up here; the chip must be proven.

    The newest, but one that staff have decided comes first: a call for help on the way back must
    not stand before it. One that holds nothing, as of a visit that a lost server cut off, comes
    last.

    Raises Refused BAD_REQUEST.
    """
    with transaction.atomic():
        prove(kiosk, wanted.visit_id, wanted.card_number, wanted.proof)
        cases = (
            Case.objects.filter(card_number=wanted.card_number)
            .exclude(stage=Stage.CLOSED)
            .exclude(id__startswith=SERVERS_OWN)
            .select_related("kiosk", "application")
            .order_by("-created_at")
        )
        free = [case for case in cases if not _why_not(case, kiosk)]
        case = min(free, key=_rank, default=None)  # of several the newest, as they are ordered
    if case is None:
        return c.ParkedAnswer()
    found = c.ParkedCase(
        id=case.id,
        ticket=case.ticket,
        stage=c.CaseStage(case.stage),
        session=session_of(case),
    )
    return c.ParkedAnswer(case=found)


def resume(kiosk: Kiosk, case_id: str, wanted: c.ResumeRequest) -> c.ResumeAnswer:
    """Take a parked case up in this visit; the session before it is fenced off.

    Asking again in the same visit is the same answer. What rested on the earlier visit's face is
    taken away: an application goes on, paid or not, but its identity must be established anew.

    Raises Refused: BAD_REQUEST, NOT_FOUND (no such case of this card, or closed), CONFLICT (a live
    session, or for the counter), ALREADY_ISSUED (with when), RATE_LIMITED.
    """
    with transaction.atomic():
        prove(kiosk, wanted.visit_id, wanted.card_number, wanted.proof)
        case = _of_card(case_id, wanted.card_number)
        refuse_issued(application_of_case(case))
        newest = newest_session(case)
        if newest is None or (newest.kiosk_id, newest.visit_id) != (kiosk.id, wanted.visit_id):
            _take_up(case, kiosk, wanted.visit_id)
        limit = hall().policy.record_portraits_per_kiosk_and_hour
        if not spend(kiosk, "case_portrait", limit, timedelta(hours=1)):
            raise Refused(c.RefusalCode.RATE_LIMITED, "too many portraits this hour", 60)
        application = case.application
        return c.ResumeAnswer(
            case=case_view(case),
            reason=c.CaseReason(case.reason),
            offer_code=case.offer_code or None,
            application=application_view(application) if application else None,
            compare_with=c.picture(_live_portrait(kiosk, case)),
        )


def same_person(kiosk: Kiosk, case_id: str, wanted: c.SamePersonRequest) -> c.SamePersonAnswer:
    """Judge the comparison with the case's own portrait by the server's own policy.

    Raises Refused: NOT_FOUND, STALE_TOKEN, CONFLICT (the case was not resumed).
    """
    with transaction.atomic():
        case = Case.objects.filter(id=case_id, kiosk=kiosk, visit_id=wanted.visit_id).first()
        if case is None:
            raise Refused(c.RefusalCode.NOT_FOUND, "no such case in this visit")
        check_session(case, wanted.session)
        session = newest_session(case)
        if session is None or case.live_portrait_id is None:
            raise Refused(c.RefusalCode.CONFLICT, "there is nothing to compare with")
        fault = same_person_fault(wanted.match)
        session.same_person = not fault
        session.save(update_fields=["same_person"])
        append(
            Kind.CASE_NOT_SAME_PERSON if fault else Kind.CASE_SAME_PERSON,
            f"kiosk:{kiosk.id}",
            f"case:{case.id}",
            session=session.number,
            why=fault,
            model=wanted.match.model_sha256,
        )
        bump()
        return c.SamePersonAnswer(same=not fault, case=case_view(case))


def same_person_fault(match: c.MatchReport) -> str:
    """Return why policy does not take both pictures for one person; empty when it does."""
    policy = hall().policy.match
    model = next((model for model in policy.models if model.id == match.model), None)
    if not match.matched:
        return "the kiosk itself reports no match"
    if model is None or match.model_sha256 not in model.sha256:
        return "the model is not one that policy lists"
    if match.tries > policy.max_tries:
        return "more tries than policy allows"
    scores = [score for score in match.scores if score.reference == "case"]
    if not scores:
        return "there is no score against the case's own portrait"
    for score in scores:
        threshold = model.thresholds.get(score.engine)
        if threshold is None:
            return "a score of an engine that policy does not list"
        if not score.score >= threshold:
            return "the score against the case's own portrait is below the threshold"
    return ""


def refuse_issued(application: Application | None) -> None:
    """Refuse to go on with what is issued, and say when that was. Raises Refused ALREADY_ISSUED."""
    order = issued_meanwhile(application)
    if order is not None:
        detail = f"the order is {order.state}"
        raise Refused(c.RefusalCode.ALREADY_ISSUED, detail, issued_at=order.ended_at)


def _of_card(case_id: str, card_number: str) -> Case:
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("kiosk", "application")
        .filter(id=case_id, card_number=card_number)
        .first()
    )
    if case is None:
        raise Refused(c.RefusalCode.NOT_FOUND, "no such case of this card")
    return case


def is_assigned(case: Case, kiosk: Kiosk) -> bool:
    """Say whether the counter has ordered the print at this kiosk: card and person were seen."""
    order = _order(case.application)
    return (
        order is not None
        and order.state == State.ORDERED
        and order.kiosk_id == kiosk.pk
        and order.at_named_kiosk
    )


def _rank(case: Case) -> int:
    if case.stage == Stage.DECIDED:
        return 0
    fault = case.reason == c.CaseReason.DEVICE_FAULT
    empty = fault and case.application_id is None and case.live_portrait_id is None
    return 2 if empty else 1


def _why_not(case: Case, kiosk: Kiosk) -> str:
    """Return why a case cannot be taken up at this kiosk now; empty when it can."""
    if is_assigned(case, kiosk):
        return ""
    decision = live_decision(case)
    in_force = decision is not None and decision.state == Decision.State.IN_FORCE
    if decision is not None and in_force and decision.kind in FOR_THE_COUNTER:
        return "the case ends at the counter"
    if not case.left_with_ticket and not is_silent(case):
        return "the case is live at a kiosk"
    order = _order(case.application)
    if order is not None and not _is_not_begun(order):
        return "printing has begun"
    return ""


def _is_not_begun(order: IssueOrder) -> bool:
    """Say whether nothing of this order can be on a card: it was never let into the printer."""
    failed_before = order.state == State.FAILED and order.printing_at is None
    return order.state == State.ORDERED or failed_before


def _order(application: Application | None) -> IssueOrder | None:
    if application is None:
        return None
    return IssueOrder.objects.filter(application=application).first()


def _take_up(case: Case, kiosk: Kiosk, visit_id: str) -> None:
    if case.stage == Stage.CLOSED:
        raise Refused(c.RefusalCode.NOT_FOUND, "the case is closed")
    why_not = _why_not(case, kiosk)
    assigned = is_assigned(case, kiosk)
    if why_not:
        raise Refused(c.RefusalCode.CONFLICT, why_not)
    number = session_of(case) + 1
    try:
        with transaction.atomic():
            Session.objects.create(
                case=case,
                number=number,
                kiosk=kiosk,
                before=case.kiosk,
                visit_id=visit_id,
                at=now(),
            )
    except IntegrityError as error:
        raise Refused(c.RefusalCode.CONFLICT, "another kiosk was faster") from error
    before = case.kiosk_id or ""
    case.kiosk = kiosk
    case.visit_id = visit_id
    case.left_with_ticket = False
    case.card_inside = True
    case.card_kept_until = None
    case.version = bump()
    case.save(
        update_fields=[
            "kiosk",
            "visit_id",
            "left_with_ticket",
            "card_inside",
            "card_kept_until",
            "version",
        ]
    )
    if case.application is not None:
        move_application(case.application, kiosk, visit_id, keep_identity=assigned)
    append(
        Kind.CASE_RESUMED,
        f"kiosk:{kiosk.id}",
        f"case:{case.id}",
        session=number,
        visit=visit_id,
        before=before,
    )


def move_application(
    application: Application, kiosk: Kiosk, visit_id: str, *, keep_identity: bool
) -> None:
    """Bind an application, and its order that is not begun, to the new session alone."""
    rival = Application.objects.filter(
        Q(kiosk=kiosk, visit_id=visit_id),
        card_number=application.card_number,
        offer_code=application.offer_code,
    ).exclude(id=application.id)
    if rival.exists():
        raise Refused(c.RefusalCode.CONFLICT, "this visit has an application of its own")
    application.kiosk = kiosk
    application.visit_id = visit_id
    if not keep_identity:
        application.identity = Basis.NONE
        application.identity_case_id = ""
    application.save(update_fields=["kiosk", "visit_id", "identity", "identity_case_id"])
    order = _order(application)
    if order is not None:
        order.kiosk = kiosk
        order.visit_id = visit_id
        order.fencing_token += 1
        if _is_not_begun(order):
            order.state, order.ended_at = State.ORDERED, None
            order.evidence = order.detail = ""
        order.save()


def _live_portrait(kiosk: Kiosk, case: Case) -> bytes | None:
    if case.live_portrait is None:
        return None
    try:
        data = unseal(case.live_portrait)
    except EvidenceUnreadable as error:
        raise Refused(c.RefusalCode.SERVER_ERROR, "the picture does not open") from error
    append(Kind.EVIDENCE_OPENED, f"kiosk:{kiosk.id}", f"case:{case.id}", picture="live")
    return data
