"""What happens when nobody acts: claims come back, cases are raised, the oldest closed."""

from datetime import timedelta

from django.db.models import Q

from backend.accounts.presence import forget_gone
from backend.applications.unfinished import is_paid_unissued
from backend.cases.alarms import ring_due
from backend.cases.claims import give_back_run_out
from backend.cases.closing import close
from backend.cases.held_cards import is_held
from backend.cases.models import UNCLOSED, Case
from backend.cases.reasons import StaffReason
from backend.clock import now
from backend.config import hall


def run_timers() -> int:
    """Give back claims that ran out, raise and close what waits too long; return how many."""
    forget_gone()
    return give_back_run_out() + close_too_old() + ring_due()


def close_too_old() -> int:
    """Close what nobody ended for so long, so that its evidence can be erased; return how many.

    What is planned counts from the moment it is planned for. What somebody is owed stays until a
    person ends it; that its time is nearly over has rung before.
    """
    late = now() - timedelta(hours=hall().timers.case_longest_h)
    over = Q(rest_until__isnull=True) | Q(rest_until__lte=late)
    found = Case.objects.filter(over, stage__in=UNCLOSED, created_at__lte=late)
    old = [case for case in found.select_related("application") if not is_owed(case)]
    for case in old:
        close(case, "system", "too_old")
    return len(old)


def is_owed(case: Case) -> bool:
    """Say whether somebody is owed a card or what was paid for, so that only a person may close."""
    delivery = case.reason == StaffReason.CARD_DELIVERY
    return delivery or is_held(case) or is_paid_unissued(case.application)
