"""What all pages that are open show alike, looked up once for a change instead of once a page."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, Q

from backend.accounts.presence import Colleague, colleagues
from backend.cases.models import Case, IsOpen, Stage
from backend.cases.queue import awake, queue
from backend.config import hall
from backend.insight.incidents import open_incidents
from backend.live.services import current_version
from backend.reports.handovers import with_handovers

LONGEST = 100
"""So many rows are shown; who works through them sees the next ones come up."""
LOUDEST = 100
"""Of so many cases a desk is told by name; more than that ring no louder."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The hall as of ``version``: the counts, and the most pressing cases of each kind.

    ``cases`` are the queue's first, ``calls`` wait unclaimed, ``raised`` were raised by a timer,
    also when they are decided and nobody ended them for days,
    ``handed`` were handed to who has them and not looked at.
    """

    version: int
    open: int
    unclaimed: int
    late: int
    cases: list[Case]
    calls: list[Case]
    raised: list[Case]
    handed: list[Case]
    incidents: list[int]
    people: list[Colleague]


def look() -> Overview:
    """Look at the hall; the version first, so that what changes meanwhile is looked at again."""
    version = current_version()
    open_, unclaimed, late = _counts()
    cases = list(with_handovers(queue())[:LONGEST])
    calls = _first(Q(awake(), stage=Stage.WAITING))
    raised = _first(Q(awake(), level__gt=0)) + _decided_for_days()
    handed = _first(Q(stage=Stage.CLAIMED, handed_by__isnull=False))
    named = {case.id: case for case in cases}
    others = {*calls, *raised, *handed} - set(named)
    # Only what a name needs: most of them are among the rows already.
    more = Case.objects.filter(id__in=others).select_related("kiosk", "application")
    named |= {case.id: case for case in more}
    return Overview(
        version,
        open_,
        unclaimed,
        late,
        cases=cases,
        calls=[named[key] for key in calls if key in named],
        raised=[named[key] for key in raised if key in named],
        handed=[named[key] for key in handed if key in named],
        incidents=list(open_incidents().values_list("pk", flat=True)),
        people=colleagues(),
    )


def calls_for(seen: Overview, user: User, *, leads: bool) -> list[Case]:
    """Return the cases that should ring for this person, the most pressing first."""
    mine = [case for case in seen.handed if case.claimed_by_id == user.pk]
    ringing = _merged(seen.calls, mine, seen.raised if leads else ())
    return ringing[:LOUDEST]


def _first(condition: Q) -> list[str]:
    """Return the ids of the most pressing open cases that fulfil it: a walk along one index."""
    return list(queue().filter(condition).values_list("id", flat=True)[:LOUDEST])


def _decided_for_days() -> list[str]:
    """Return the ids of decided cases that a timer has raised because nobody ended them."""
    codes = [rule.code for rule in hall().alarms.alarm if rule.when == "longest_near"]
    decided = Case.objects.filter(stage=Stage.DECIDED, alarm__in=codes, level__gt=0)
    return list(decided.order_by("decide_by").values_list("id", flat=True)[:LOUDEST])


def _merged(*several: Iterable[Case]) -> list[Case]:
    by_id = {case.id: case for cases in several for case in cases}
    return sorted(by_id.values(), key=lambda one: (one.decide_by, one.created_at, one.id))


def _counts() -> tuple[int, int, int]:
    """Return how many cases are open, how many nobody has, how many of those a timer raised."""
    nobodys = Q(awake(), stage=Stage.WAITING)
    found = Case.objects.filter(IsOpen()).aggregate(
        open=Count("*"),
        unclaimed=Count("stage", filter=nobodys),
        late=Count("stage", filter=nobodys & Q(level__gt=0)),
    )
    return found["open"], found["unclaimed"], found["late"]
