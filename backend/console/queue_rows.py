"""The queue as its readers see it: one row per open case, and no evidence in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils.timezone import localtime

from backend.cases.models import Case, Stage
from backend.cases.queue import queue
from backend.console.texts import say
from backend.console.waiting import display_name

LONGEST = 100
"""So many rows are shown; who works through them sees the next ones come up."""
SOON = timedelta(hours=6)
"""A departure nearer than this is set off by colour, beside the time itself."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One row. ``alarm`` is the key of a text when a timer has run out."""

    case_id: str
    place: str
    reason: str
    ticket: str
    created_at: datetime
    leaves: str
    decide_by: str
    soon: bool
    left: bool
    holder: str
    mine: bool
    unclaimed: bool
    alarm: str
    current: bool


def queue_rows(user: User, language: str, now: datetime, current: str = "") -> list[QueueRow]:
    """Return the rows of the queue as ``user`` sees them; ``current`` is the case that is open."""
    return [_row(case, user, language, now, current) for case in queue()[:LONGEST]]


def place_of(case: Case, language: str) -> str:
    """Name where the case comes from: the kiosk, or the guide desk."""
    return case.kiosk.name if case.kiosk else say(language, "queue.desk")


def format_moment(moment: datetime | None, now: datetime) -> str:
    """Return the local time, with its date where it is not today."""
    if moment is None:
        return ""
    local = localtime(moment)
    same_day = local.date() == localtime(now).date()
    return f"{local:%H:%M}" if same_day else f"{local:%m-%d %H:%M}"


def is_soon(moment: datetime | None, now: datetime) -> bool:
    """Say whether a departure is near enough to be set off."""
    return moment is not None and moment - now < SOON


def _row(case: Case, user: User, language: str, now: datetime, current: str) -> QueueRow:
    holder = case.claimed_by
    return QueueRow(
        case_id=case.id,
        place=place_of(case, language),
        reason=case.reason,
        ticket=case.ticket,
        created_at=case.created_at,
        leaves=format_moment(case.depart_at, now),
        decide_by=format_moment(case.decide_by, now),
        soon=is_soon(case.depart_at, now),
        left=case.left_with_ticket,
        holder=display_name(holder),
        mine=holder is not None and holder.pk == user.pk,
        unclaimed=case.stage == Stage.WAITING,
        alarm=_alarm(case),
        current=case.id == current,
    )


def _alarm(case: Case) -> str:
    if case.level == 0:
        return ""
    return "queue.everybody" if case.stage == Stage.WAITING else "queue.escalated"
