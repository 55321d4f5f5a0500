"""What waits for this person's word."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from backend.approvals.services import asked_of, needs
from backend.console.case_sheet import heading_of
from backend.console.language import language_of
from backend.console.pages import show, signed_in, staff_page
from backend.console.texts import say
from backend.console.waiting import display_name
from backend.console.words import rule_title


@dataclass(frozen=True, slots=True)
class ApprovalCard:
    """One decision that waits; the evidence opens on its case's page."""

    case_id: str
    title: str
    heading: str
    by: str
    at: datetime
    depart_at: datetime | None
    rules: list[str]


def approval_cards(user: User, language: str) -> list[ApprovalCard]:
    """Return the decisions that wait for ``user``, the most pressing first."""
    return [
        ApprovalCard(
            case_id=decision.case_id,
            title=say(language, f"decide.{decision.kind}"),
            heading=heading_of(decision.case, language),
            by=display_name(decision.by),
            at=decision.made_at,
            depart_at=decision.case.depart_at,
            rules=[rule_title(need.rule, language) for need in needs(decision) if need.rule],
        )
        for decision in asked_of(user)
    ]


@staff_page("approve")
@require_GET
def approvals_page(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person's word."""
    cards = approval_cards(signed_in(request), language_of(request))
    return show(request, "console/approvals.html", {"cards": cards}, page="approvals")
