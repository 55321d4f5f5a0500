"""Who may open a case's pictures; every opening is in the audit."""

from typing import Literal

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
from backend.evidence.services import EvidenceUnreadable, unseal
from backend.refusal import Refused
from backend_client.contract import RefusalCode

PictureName = Literal["live", "chip", "record"]
PICTURES: tuple[PictureName, ...] = ("live", "chip", "record")


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


def open_picture(case_id: str, which: PictureName, user: User) -> tuple[bytes, str]:
    """Return (bytes, media type) of one picture and write the opening to the audit.

    Raises Refused: NOT_ELIGIBLE, or NOT_FOUND where the case has no such picture.
    """
    with transaction.atomic():
        case = find(case_id)
        if not may_open(case, user):
            raise Refused(RefusalCode.NOT_ELIGIBLE, "this case's pictures are not open to you")
        picture = {
            "live": case.live_portrait,
            "chip": case.chip_portrait,
            "record": case.record_portrait,
        }.get(which)
        if picture is None:
            raise Refused(RefusalCode.NOT_FOUND, "the case has no such picture")
        try:
            data = unseal(picture)
        except EvidenceUnreadable as error:
            raise Refused(RefusalCode.SERVER_ERROR, "the picture does not open") from error
        append(Kind.EVIDENCE_OPENED, actor(user), f"case:{case.id}", picture=which)
    return data, picture.media_type
