"""Decisions that another person looks at again: a random share, and each broken glass."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from backend.accounts.services import actor, has_right
from backend.approvals.models import GlassBreak, Review
from backend.audit.kinds import Kind
from backend.audit.services import append, text_hash
from backend.cases.hands import has_linked
from backend.cases.models import Case, Decision
from backend.clock import now
from backend.config import hall
from backend.live.services import bump
from backend.refusal import Refused
from backend_client.contract import DecisionKind, RefusalCode

FINEST_SHARE = 1_000_000
WORDS_MIN = 4
WORDS_MAX = 1000


def draw(decision: Decision) -> None:
    """Draw by lot whether a decision gets a second look; call it where it comes into force."""
    policy = hall().policy.second_look
    if DecisionKind(decision.kind) not in policy.kinds:
        return
    if secrets.randbelow(FINEST_SHARE) < policy.share * FINEST_SHARE:
        ask(decision, Review.Cause.SAMPLE, policy.within_h)


def ask(decision: Decision, cause: Review.Cause, within_h: float) -> None:
    """Put a decision on the list; what is on it already stays as it is."""
    moment = now()
    _, made = Review.objects.get_or_create(
        decision=decision,
        defaults={
            "cause": cause,
            "asked_at": moment,
            "due_at": moment + timedelta(hours=within_h),
        },
    )
    if made:
        append(
            Kind.REVIEW_ASKED,
            "system",
            f"case:{decision.case_id}",
            decision=decision.pk,
            cause=cause.value,
        )


def open_reviews() -> QuerySet[Review]:
    """Return what waits for a second look, the oldest first.

    A decision taken back needs none, unless the glass was broken for it.
    """
    standing = Q(cause=Review.Cause.GLASS) | ~Q(decision__state=Decision.State.UNDONE)
    return (
        Review.objects.filter(standing, at=None)
        .select_related("decision", "decision__case", "decision__case__kiosk", "decision__by")
        .order_by("due_at")
    )


def reviews_for(user: User) -> list[Review]:
    """Return the open reviews that this person may give."""
    if not has_right(user, "review"):
        return []
    return [review for review in open_reviews() if not _part_in(review.decision, user)]


def may_review(review: Review, user: User) -> str:
    """Return why this person may not review; empty when they may."""
    if review.at is not None:
        return "this decision was reviewed already"
    if not has_right(user, "review"):
        return "this account may not review"
    return _part_in(review.decision, user)


def asked_to_review(case: Case, user: User) -> bool:
    """Say whether an open review lets this person see the case's evidence."""
    if not has_right(user, "review"):
        return False
    waiting: Iterable[Review] = open_reviews().filter(decision__case=case)
    return any(not _part_in(review.decision, user) for review in waiting)


def give(review_id: int, user: User, *, agreed: bool, words: str = "") -> Review:
    """Give the second look's verdict; who disagrees says why.

    Raises Refused NOT_FOUND, NOT_ELIGIBLE, BAD_REQUEST.
    """
    words = words.strip()
    if len(words) > WORDS_MAX or (not agreed and len(words) < WORDS_MIN):
        raise Refused(RefusalCode.BAD_REQUEST, "who disagrees says why, in 4 to 1000 characters")
    with transaction.atomic():
        review = (
            Review.objects.select_for_update(of=("self",))
            .select_related("decision", "decision__case")
            .filter(id=review_id)
            .first()
        )
        if review is None:
            raise Refused(RefusalCode.NOT_FOUND, "no such review")
        why_not = may_review(review, user)
        if why_not:
            raise Refused(RefusalCode.NOT_ELIGIBLE, why_not)
        review.by, review.at, review.agreed, review.words = user, now(), agreed, words
        review.save(update_fields=["by", "at", "agreed", "words"])
        append(
            Kind.REVIEW_GIVEN,
            actor(user),
            f"case:{review.decision.case_id}",
            decision=review.decision_id,
            cause=review.cause,
            agreed=agreed,
            words=text_hash(words) if words else "",
        )
        bump()
    return review


def _part_in(decision: Decision, user: User) -> str:
    """Return this person's part in a decision, which keeps them from reviewing it."""
    if decision.by_id == user.pk:
        return "who decides does not review"
    if decision.approvals.filter(by=user).exists():
        return "who approves does not review"
    if GlassBreak.objects.filter(decision=decision, by=user).exists():
        return "who broke the glass does not review"
    if has_linked(decision.case, user.pk):
        return "who linked the record does not review"
    return ""
