"""Who may open a case's pictures; every opening is in the audit."""

import re

from django.contrib.auth.models import User
from django.db import transaction

from backend.accounts.services import actor, has_right
from backend.approvals.second_look import asked_to_review
from backend.approvals.services import may_approve
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.claims import find
from backend.cases.decisions import live_decision
from backend.cases.models import Case, Stage
from backend.evidence.models import Picture
from backend.evidence.services import EvidenceUnreadable, unseal
from backend.refusal import Refused
from backend_client.contract import RefusalCode

PICTURES = ("live", "chip", "record")
_TRY = re.compile(r"try([1-9])")


def may_open(case: Case, user: User) -> bool:
    """Say whether this person may see the case's pictures now.

    The claimant, whoever decided, the approvers while they are asked, and the duty leader; who is
    asked for a second look also after the case was closed.
    """
    if asked_to_review(case, user):
        return True
    if case.stage == Stage.CLOSED:
        return False
    if has_right(user, "open_any_evidence"):
        return True
    if case.claimed_by_id == user.pk and case.stage != Stage.WAITING:
        return True
    decision = live_decision(case)
    return decision is not None and may_approve(decision, user) == ""


def picture_of(case: Case, which: str) -> Picture | None:
    """Return a picture by its name: live, chip, record, or try1 to try9 of the tries before."""
    number = _TRY.fullmatch(which)
    if number:
        attempt = case.attempts.filter(number=int(number[1])).first()
        return attempt.live_portrait if attempt else None
    known: dict[str, Picture | None] = {
        "live": case.live_portrait,
        "chip": case.chip_portrait,
        "record": case.record_portrait,
    }
    return known.get(which)


def open_picture(case_id: str, which: str, user: User) -> tuple[bytes, str]:
    """Return (bytes, media type) of one picture and write the opening to the audit.

    Raises Refused: NOT_ELIGIBLE, or NOT_FOUND where the case has no such picture.
    """
    with transaction.atomic():
        case = find(case_id)
        if not may_open(case, user):
            raise Refused(RefusalCode.NOT_ELIGIBLE, "this case's pictures are not open to you")
        picture = picture_of(case, which)
        if picture is None:
            raise Refused(RefusalCode.NOT_FOUND, "the case has no such picture")
        try:
            data = unseal(picture)
        except EvidenceUnreadable as error:
            raise Refused(RefusalCode.SERVER_ERROR, "the picture does not open") from error
        append(Kind.EVIDENCE_OPENED, actor(user), f"case:{case.id}", picture=which)
    return data, picture.media_type
