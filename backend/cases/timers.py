"""What happens when nobody acts: claims come back, cases are raised, the oldest closed."""

from datetime import timedelta

from django.db.models import Q

from backend.accounts.presence import forget_gone
from backend.cases.alarms import ring_due
from backend.cases.claims import give_back_run_out
from backend.cases.closing import close
from backend.cases.models import OPEN_STAGES, Case, Stage
from backend.clock import now
from backend.config import hall

UNCLOSED = (*OPEN_STAGES, Stage.DECIDED)
"""Named, because "not closed" would look at a year of closed ones."""


def run_timers() -> int:
    """Give back claims that ran out, raise and close what waits too long; return how many."""
    forget_gone()
    return give_back_run_out() + close_too_old() + ring_due()


def close_too_old() -> int:
    """Close what nobody ended for so long, so that its evidence can be erased.

    What is planned counts from the moment it is planned for.
    """
    late = now() - timedelta(hours=hall().timers.case_longest_h)
    over = Q(rest_until__isnull=True) | Q(rest_until__lte=late)
    old = list(Case.objects.filter(over, stage__in=UNCLOSED, created_at__lte=late))
    for case in old:
        close(case, "system", "too_old")
    return len(old)
