"""Second looks: what waits for one, and what was found."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_POST

from backend.approvals.models import GlassBreak, Review
from backend.approvals.second_look import give, may_review, open_reviews
from backend.cases.models import Case
from backend.clock import now
from backend.console.case_sheet import heading_of
from backend.console.language import language_of
from backend.console.pages import show, signed_in, staff_page
from backend.console.second_factor import demand
from backend.console.texts import say, say_code
from backend.console.waiting import display_name
from backend.refusal import Refused
from backend_client.contract import RefusalCode

GIVEN_SHOWN = 30


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """One second look, asked or given; the evidence opens on its case's page."""

    id: int
    case_id: str
    heading: str
    decision: str
    cause: str
    glass: bool
    decider: str
    due: str
    overdue: bool
    mine: bool
    reason: str = ""
    agreed: bool | None = None
    by: str = ""
    words: str = ""


@staff_page("review")
@require_GET
def reviews_page(request: HttpRequest) -> HttpResponse:
    """Show what waits for a second look and what was found lately."""
    user, language = signed_in(request), language_of(request)
    waiting = [review_card(review, user, language) for review in open_reviews()]
    given = (
        Review.objects.filter(at__isnull=False)
        .select_related("decision", "decision__case", "decision__case__kiosk", "decision__by", "by")
        .order_by("-at")[:GIVEN_SHOWN]
    )
    context = {
        "waiting": sorted(waiting, key=lambda card: not card.mine),
        "given": [review_card(review, user, language) for review in given],
    }
    return show(request, "console/reviews.html", context, page="approvals")


@staff_page("review")
@require_POST
def review(request: HttpRequest, number: int) -> HttpResponse:
    """Give the verdict of a second look."""
    verdict = request.POST.get("verdict", "")
    if verdict not in ("agree", "disagree"):
        return HttpResponse(status=400)
    page = reverse("console:reviews")
    refusal = demand(request, _case_page(number) or page)
    if refusal is not None:
        return refusal
    try:
        give(
            number,
            signed_in(request),
            agreed=verdict == "agree",
            words=request.POST.get("words", ""),
        )
    except Refused as refused:
        short = refused.code == RefusalCode.BAD_REQUEST
        key = "message.review_words_missing" if short else "message.not_asked"
        messages.warning(request, say(language_of(request), key))
        return HttpResponseRedirect((_case_page(number) if short else "") or page)
    messages.success(request, say(language_of(request), "message.reviewed"), extra_tags="good")
    return HttpResponseRedirect(page)


def review_of_case(case: Case, user: User, language: str) -> ReviewCard | None:
    """Return the second look on this case that waits for ``user``; None when there is none."""
    waiting = open_reviews().filter(decision__case=case)
    return next((review_card(r, user, language) for r in waiting if not may_review(r, user)), None)


def review_card(review: Review, user: User, language: str) -> ReviewCard:
    """Lay out a second look for ``user``."""
    decision = review.decision
    glass = GlassBreak.objects.filter(decision=decision).first()
    return ReviewCard(
        id=review.pk,
        case_id=decision.case_id,
        heading=heading_of(decision.case, language),
        decision=say_code(language, "decide", decision.kind),
        cause=say_code(language, "review", f"cause_{review.cause}"),
        glass=review.cause == Review.Cause.GLASS,
        decider=display_name(glass.by if glass else decision.by),
        due=f"{localtime(review.due_at):%m-%d %H:%M}",
        overdue=review.at is None and review.due_at < now(),
        mine=not may_review(review, user),
        reason=glass.reason if glass else "",
        agreed=review.agreed,
        by=display_name(review.by),
        words=review.words,
    )


def _case_page(number: int) -> str:
    found = Review.objects.filter(pk=number).select_related("decision").first()
    if found is None:
        return ""
    return f"{reverse('console:case', args=(found.decision.case_id,))}?look=1#decide"
