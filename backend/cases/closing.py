"""Close a case: its visit went on to the end, or the counter is done with it."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from backend.accounts.services import actor
from backend.applications.models import Application
from backend.applications.unfinished import is_paid_unissued
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.claims import find, require
from backend.cases.decisions import live_decision, move
from backend.cases.held_cards import is_held
from backend.cases.models import SERVERS_OWN, Case, Decision, Stage
from backend.cases.opening import open_by_server
from backend.clock import now
from backend.refusal import Refused
from backend.resume.from_silent import take_from_silent
from backend.resume.services import FOR_THE_COUNTER
from backend.resume.silence import is_at_kiosk
from backend_client.contract import CaseReason, RefusalCode


def close(case: Case, who: str, outcome: str) -> None:
    """Close an open case; closing twice is fine. ``who`` is the audit's name of the actor.

    A decision that still waits for approval falls with it: no late word may open it again. What
    is paid and not issued is looked after again from then on. A card that is still held stays so.
    """
    with transaction.atomic():
        case.refresh_from_db()
        if case.stage == Stage.CLOSED:
            return
        case.closed_at = now()
        case.close_outcome = outcome
        case.card_inside = is_held(case)
        case.save(update_fields=["closed_at", "close_outcome", "card_inside"])
        for decision in case.decisions.filter(state=Decision.State.PROPOSED):
            decision.state = Decision.State.UNDONE
            decision.save(update_fields=["state"])
            append(Kind.DECISION_UNDONE, who, f"case:{case.id}", decision=decision.id)
        move(case, Stage.CLOSED)
        append(Kind.CASE_CLOSED, who, f"case:{case.id}", outcome=outcome)
        if is_paid_unissued(case.application):
            Application.objects.filter(id=case.application_id).update(awaits_order=True)


def close_answered(application: Application, who: str, outcome: str) -> None:
    """Close what an application's end answers: the server's own cases, and those of left visits.

    The resident may come back to another case than the one whose ticket they hold.
    """
    parked = Q(id__startswith=SERVERS_OWN) | Q(left_with_ticket=True)
    for case in application.cases.filter(parked).exclude(stage=Stage.CLOSED):
        close(case, who, outcome)


def goes_on_at_kiosk(case: Case) -> bool:
    """Say whether the case is decided so that its kiosk goes on, and the kiosk is there."""
    if case.stage != Stage.DECIDED or not is_at_kiosk(case):
        return False
    decision = live_decision(case)
    return decision is not None and decision.kind not in FOR_THE_COUNTER


def close_by_staff(case_id: str, user: User, outcome: str) -> Case:
    """Close a case whose matter is done or whose resident is gone, and the held card in hand.

    What was paid and not issued goes before a person at once, unless that is what was closed.

    Raises Refused: NOT_ELIGIBLE, NOT_FOUND, CONFLICT while somebody else has claimed it, or a
    kiosk goes on with it.
    """
    require(user, "decide")
    with transaction.atomic():
        case = find(case_id)
        others = case.stage == Stage.CLAIMED and case.claimed_by_id != user.pk
        if others and case.claim_until is not None and case.claim_until >= now():
            raise Refused(RefusalCode.CONFLICT, "somebody else has this case")
        if goes_on_at_kiosk(case):
            raise Refused(RefusalCode.CONFLICT, "a kiosk goes on with this case")
        take_from_silent(case, user)
        close(case, actor(user), outcome[:64])
        if case.card_inside and not (case.kiosk and case.kiosk.card_held):
            # A bin does not say that it was emptied: that is this person's word.
            case.card_inside = False
            case.save(update_fields=["card_inside"])
        if case.application is not None and is_paid_unissued(case.application):
            open_by_server(case.application, CaseReason.PAID_NOT_ISSUED, "closed, not issued")
    return case
