"""A case as the resident may see it."""

from backend.accounts.presence import staff_signed_in
from backend.accounts.services import desk_of
from backend.cases.models import Case, Decision
from backend.cases.queue import ahead_of, expected_wait_seconds
from backend.live.services import current_version
from backend.resume.fencing import session_of
from backend_client.contract import (
    CaseStage,
    CaseView,
    DecisionKind,
    DecisionView,
    Texts,
)


def case_view(case: Case) -> CaseView:
    """Build the view; its version is read first, so that no change can be missed."""
    version = current_version()
    case.refresh_from_db()
    ahead = ahead_of(case)
    told = _told_at_kiosk(case)
    return CaseView(
        id=case.id,
        version=version,
        session=session_of(case),
        ticket=case.ticket,
        stage=CaseStage(case.stage),
        desk=desk_of(case.claimed_by),
        ahead=ahead,
        expected_wait_s=expected_wait_seconds(case, ahead),
        staff_signed_in=staff_signed_in(),
        depart_at=case.depart_at if told else None,
        ground=(case.ground or None) if told else None,
        card_kept_until=case.card_kept_until,
        decision=decision_view(case),
        resume_qr=f"KIOSK-CASE:{case.id}",
    )


def _told_at_kiosk(case: Case) -> bool:
    """Say whether the travel is the resident's own word here.

    What was said on the telephone is not shown to whoever holds the card.
    """
    said = case.came_from
    return said is None or (case.depart_at, case.ground) != (said.depart_at, said.ground)


def decision_view(case: Case) -> DecisionView | None:
    """Return the decision that is in force."""
    decision = case.decisions.filter(state=Decision.State.IN_FORCE).first()
    if decision is None:
        return None
    words = None
    if decision.words_zh_hans or decision.words_zh_hant or decision.words_en:
        words = Texts(
            zh_hans=decision.words_zh_hans,
            zh_hant=decision.words_zh_hant,
            en=decision.words_en,
        )
    return DecisionView(
        kind=DecisionKind(decision.kind), words=words, offer_code=decision.offer_code or None
    )
