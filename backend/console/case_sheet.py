"""What a case's page shows before any evidence: where, what, until when, and who has it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from backend.applications.unfinished import is_paid_unissued
from backend.cases.closing import goes_on_at_kiosk
from backend.cases.decisions import live_decision
from backend.cases.held_cards import is_held
from backend.cases.models import OPEN_STAGES, Case, Stage
from backend.console.decision_sheet import DecisionSheet, decision_sheet
from backend.console.queue_rows import format_moment, is_soon, place_of
from backend.console.waiting import display_name
from backend.console.words import case_offer_title, ground_title
from backend_client.contract import CaseReason


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """The head of a case's page. ``state`` changes with everything the page would show.

    ``close_warning`` names what is said before closing; empty where nothing would be left behind.
    """

    case_id: str
    ticket: str
    heading: str
    reason: str
    phase: str
    state: str
    created_at: datetime
    decide_by: str
    depart_at: datetime | None
    departed: bool
    soon: bool
    ground: str
    card_inside: bool
    kept_until: datetime | None
    open: bool
    holder: str
    mine: bool
    claimable: bool
    closable: bool
    close_warning: str
    decision: DecisionSheet | None


def case_sheet(case: Case, user: User, language: str, now: datetime) -> CaseSheet:
    """Lay out the head of ``case`` for ``user``."""
    holder = case.claimed_by
    kept = case.card_kept_until
    decision = decision_sheet(case, user, language)
    return CaseSheet(
        case_id=case.id,
        ticket=case.ticket,
        heading=heading_of(case, language),
        reason=case.reason,
        phase=case.phase,
        state=state_of(case),
        created_at=case.created_at,
        decide_by=format_moment(case.decide_by, now),
        depart_at=case.depart_at,
        departed=case.depart_at is not None and case.depart_at < now,
        soon=is_soon(case.depart_at, now),
        ground=ground_title(case.ground, language),
        card_inside=case.card_inside,
        kept_until=kept if case.card_inside and kept is not None and kept > now else None,
        open=case.stage in OPEN_STAGES,
        holder=display_name(holder),
        mine=case.stage == Stage.CLAIMED and holder is not None and holder.pk == user.pk,
        claimable=case.stage == Stage.WAITING or _ran_out(case, now),
        closable=_is_closable(case, decision),
        close_warning=_close_warning(case),
        decision=decision,
    )


def heading_of(case: Case, language: str) -> str:
    """Return ticket, place and what is applied for in one line."""
    parts = (case.ticket, place_of(case, language), case_offer_title(case, language))
    return " · ".join(part for part in parts if part)


def state_of(case: Case) -> str:
    """Return a token that changes when the page of this case should be drawn anew."""
    decision = live_decision(case)
    words = decision.approvals.count() if decision else 0
    paid = int(case.application is not None and case.application.settled)
    return f"{case.version}.{case.stage}.{decision.pk if decision else 0}.{words}.{paid}"


def _is_closable(case: Case, decision: DecisionSheet | None) -> bool:
    """Say whether staff may end the case: nobody works on it, and no kiosk goes on with it."""
    if case.stage == Stage.WAITING:
        return True
    return case.stage == Stage.DECIDED and decision is not None and not goes_on_at_kiosk(case)


def _close_warning(case: Case) -> str:
    """Return the key of what closing would leave behind; empty for nothing."""
    if is_held(case):
        return "case.close_held"
    if not is_paid_unissued(case.application):
        return ""
    last = case.reason == CaseReason.PAID_NOT_ISSUED
    return "case.close_paid_last" if last else "case.close_paid"


def _ran_out(case: Case, now: datetime) -> bool:
    until = case.claim_until
    return case.stage == Stage.CLAIMED and until is not None and until < now
