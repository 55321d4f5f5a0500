"""Close a case: its visit went on to the end, or the counter is done with it."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from backend.accounts.services import actor
from backend.applications.models import Application
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.claims import find, require
from backend.cases.decisions import move
from backend.cases.models import SERVERS_OWN, Case, Decision, Stage
from backend.clock import now
from backend.refusal import Refused
from backend_client.contract import RefusalCode


def close(case: Case, who: str, outcome: str) -> None:
    """Close an open case; closing twice is fine. ``who`` is the audit's name of the actor.

    A decision that still waits for approval falls with it: no late word may open it again.
    """
    with transaction.atomic():
        case.refresh_from_db()
        if case.stage == Stage.CLOSED:
            return
        case.closed_at = now()
        case.close_outcome = outcome
        case.card_inside = False
        case.save(update_fields=["closed_at", "close_outcome", "card_inside"])
        for decision in case.decisions.filter(state=Decision.State.PROPOSED):
            decision.state = Decision.State.UNDONE
            decision.save(update_fields=["state"])
            append(Kind.DECISION_UNDONE, who, f"case:{case.id}", decision=decision.id)
        move(case, Stage.CLOSED)
        append(Kind.CASE_CLOSED, who, f"case:{case.id}", outcome=outcome)


def close_answered(application: Application, who: str, outcome: str) -> None:
    """Close what an application's end answers: the server's own cases, and those of left visits.

    The resident may come back to another case than the one whose ticket they hold.
    """
    parked = Q(id__startswith=SERVERS_OWN) | Q(left_with_ticket=True)
    for case in application.cases.filter(parked).exclude(stage=Stage.CLOSED):
        close(case, who, outcome)


def close_by_staff(case_id: str, user: User, outcome: str) -> Case:
    """Close a case whose matter is done or whose resident is gone.

    Raises Refused: NOT_ELIGIBLE, NOT_FOUND, CONFLICT while somebody else has claimed it.
    """
    require(user, "decide")
    with transaction.atomic():
        case = find(case_id)
        others = case.stage == Stage.CLAIMED and case.claimed_by_id != user.pk
        if others and case.claim_until is not None and case.claim_until >= now():
            raise Refused(RefusalCode.CONFLICT, "somebody else has this case")
        close(case, actor(user), outcome[:64])
    return case
