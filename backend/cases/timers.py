"""What happens when nobody acts: claims come back, cases are raised, the oldest closed."""

from datetime import datetime, timedelta

from django.db import transaction

from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.claims import give_back_run_out
from backend.cases.closing import close
from backend.cases.models import OPEN_STAGES, Case, Stage
from backend.clock import now
from backend.config import hall
from backend.live.services import bump

LEVEL_EVERYBODY = 1
LEVEL_DUTY_LEADER = 2


UNCLOSED = (*OPEN_STAGES, Stage.DECIDED)
"""Named, because "not closed" would look at a year of closed ones."""


def run_timers() -> int:
    """Give back claims that ran out, raise and close what waits too long; return how many."""
    return give_back_run_out() + close_too_old() + raise_late()


def close_too_old() -> int:
    """Close what nobody ended for so long, so that its evidence can be erased."""
    late = now() - timedelta(hours=hall().timers.case_longest_h)
    old = list(Case.objects.filter(stage__in=UNCLOSED, created_at__lte=late))
    for case in old:
        close(case, "system", "too_old")
    return len(old)


def due_level(case: Case, moment: datetime) -> int:
    """Return the level that a case has reached: 1 unclaimed too long, 2 undecided too long."""
    timers = hall().timers
    waited = (moment - case.created_at).total_seconds()
    if waited >= timers.undecided_raise_s:
        return LEVEL_DUTY_LEADER
    if case.stage == Stage.WAITING and waited >= timers.unclaimed_raise_s:
        return LEVEL_EVERYBODY
    return 0


def raise_late() -> int:
    """Raise the level of each open case whose timer ran out."""
    raised = 0
    with transaction.atomic():
        for case in Case.objects.filter(stage__in=OPEN_STAGES, level__lt=LEVEL_DUTY_LEADER):
            level = due_level(case, now())
            if level <= case.level:
                continue
            case.level = level
            case.version = bump()
            case.save(update_fields=["level", "version"])
            append(Kind.CASE_RAISED, "system", f"case:{case.id}", level=level)
            raised += 1
    return raised
