"""The queue as its readers see it: one row per open case, and no evidence in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils.timezone import localtime

from backend.cases.models import UNCLOSED, Case, Stage
from backend.cases.queue import queue
from backend.config import hall
from backend.console.handovers import Handover, handover_line
from backend.console.overview import LONGEST
from backend.console.queue_filter import QueueFilter
from backend.console.texts import say
from backend.console.waiting import display_name
from backend.console.words import in_language, kiosk_called
from backend.reports.handovers import last_handover, waits_for_taker, with_handovers

SOON = timedelta(hours=6)
"""A departure nearer than this is set off by colour, beside the time itself."""
TRUE_IN = {"unclaimed": (Stage.WAITING,), "unapproved": (Stage.APPROVAL,)}
"""Timers whose words are true in some stages only."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One row. ``alarm`` is the text of a timer that has run out; ``topic`` names nobody."""

    case_id: str
    place: str
    reason: str
    ticket: str
    topic: str
    created_at: datetime
    leaves: str
    appointment: str
    decide_by: str
    soon: bool
    left: bool
    planned: bool
    holder: str
    handed_by: str
    goes: str
    handover: Handover | None
    mine: bool
    unclaimed: bool
    alarm: str
    current: bool


@dataclass(frozen=True, slots=True)
class QueueList:
    """The rows that are shown, and how many there are besides."""

    rows: list[QueueRow]
    hidden: int
    others: int


def queue_list(
    user: User, language: str, now: datetime, current: str, wanted: QueueFilter
) -> QueueList:
    """Return the queue as ``user`` sees it; ``current`` is the case that is open.

    ``hidden`` are further down than the longest list, ``others`` are what the filter leaves out.
    """
    cases = with_handovers(wanted.apply(queue(), user))
    shown = list(cases[:LONGEST])
    found = len(shown) if len(shown) < LONGEST else cases.count()
    others = queue().count() - found
    rows = [row_of(case, user, language, now, current) for case in shown]
    return QueueList(rows, found - len(shown), others)


def place_of(case: Case, language: str) -> str:
    """Name where the case comes from: the kiosk, or the guide desk."""
    return kiosk_called(case.kiosk, language) if case.kiosk else say(language, "queue.desk")


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


def row_of(case: Case, user: User, language: str, now: datetime, current: str) -> QueueRow:
    """Return one case's row as ``user`` sees it; ``with_handovers`` brought the case."""
    holder = case.claimed_by
    request = getattr(case, "request", None)
    appointment = request.appointment_at if request else None
    goes = request.goes if request else None
    planned = case.rest_until is not None and case.rest_until > now
    handed = last_handover(case)
    if handed is not None and not waits_for_taker(case, handed):
        handed = None
    to_me = handed is not None and holder is None and handed.to_id == user.pk
    return QueueRow(
        case_id=case.id,
        place=place_of(case, language),
        reason=case.reason,
        ticket=case.ticket,
        topic=request.topic if request else "",
        created_at=case.created_at,
        leaves=format_moment(case.depart_at, now),
        appointment=format_moment(appointment, now),
        decide_by=format_moment(case.decide_by, now),
        soon=is_soon(appointment or case.depart_at, now),
        left=case.left_with_ticket,
        planned=planned,
        holder=display_name(holder),
        handed_by=display_name(case.handed_by),
        goes=display_name(goes),
        handover=handover_line(handed) if handed else None,
        mine=user in (holder, goes) or to_me,
        unclaimed=case.stage == Stage.WAITING and not planned,
        alarm="" if planned else _alarm(case, language),
        current=case.id == current,
    )


def _alarm(case: Case, language: str) -> str:
    """Return the words of the last timer that ran out, while it still says something true."""
    rule = hall().alarms.find(case.alarm) if case.level else None
    if rule is None or case.stage not in TRUE_IN.get(rule.when, UNCLOSED):
        return ""
    return in_language(rule.title, language)
