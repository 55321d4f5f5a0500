"""Close a day: what is in its report, who signs it, to whom the open cases go."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.accounts.services import actor
from backend.audit.chain import Head
from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.audit.services import append, head, text_hash
from backend.cases.claims import require
from backend.cases.held_cards import held_cards
from backend.clock import now
from backend.live.services import bump
from backend.refusal import Refused
from backend.reports.cash import cash_up
from backend.reports.data import case_facts, comparisons_by_kiosk, decisions_by_kind
from backend.reports.figures import claim_waits, kept_of, settle_waits, wait_of
from backend.reports.handovers import cases_to_hand_over, hand_over, handed_line, takers_of
from backend.reports.models import DayClosing
from backend.reports.oversight import glass_breaks, reviews
from backend.reports.span import day_span, day_start
from backend_client.contract import RefusalCode

REMARK_MAX = 1000


@dataclass(frozen=True, slots=True)
class ClosingInput:
    """What the closer says: the counter's money as counted, who takes each open case, a remark.

    ``all_to`` takes every open case that ``handed_to`` does not name, also one that came after the
    closer was shown the list. ``notes`` are for the next shift, one for each case that needs one.
    """

    counted_fen: int | None = None
    handed_to: dict[str, int] = field(default_factory=dict)
    remark: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    all_to: int = 0


def signed_heads() -> list[Head]:
    """Return the audit's heads that closed days carry."""
    rows = DayClosing.objects.filter(head_seq__gt=0).values_list("head_seq", "head_hash")
    return [Head(*row) for row in rows]


def closing_of(day: date) -> DayClosing | None:
    """Return a day's closing; None while the day is open."""
    return DayClosing.objects.select_related("closed_by").filter(day=day).first()


def closing_after(day: date) -> DayClosing | None:
    """Return the next closing after a day that has none, and so can have none any more."""
    return DayClosing.objects.filter(day__gt=day).order_by("day").first()


def counts(closing: DayClosing, day: date) -> bool:
    """Say whether a later day's closing goes back to this day, none lying between them."""
    return datetime.fromisoformat(closing.report["since"]) < day_span(day).end


def bounds(day: date) -> tuple[datetime, datetime]:
    """Return from when to when a day's closing counts.

    From where the last closing stopped, so that nothing falls between two reports, and the first
    from the day on which the hall began; until now, or the day's end when it is over.
    """
    last = DayClosing.objects.order_by("-day").first()
    since = last.until if last else min(day_start(day), _beginning())
    until = min(now(), day_span(day).end)
    return since.astimezone(UTC), until.astimezone(UTC)


def _beginning() -> datetime:
    """Return the start of the day of the audit's first event: nothing is done that it misses."""
    first = AuditEvent.objects.order_by("seq").values_list("at", flat=True).first()
    moment = datetime.fromisoformat(first) if first else now()
    return day_start(timezone.localtime(moment).date())


def preview(day: date) -> dict[str, Any]:
    """Return the report as it would be signed now; plain values that JSON can hold.

    Money, cases, decisions, comparisons and second looks are all counted from ``since`` until
    before ``until``, so that each is in one signed report.
    """
    since, until = bounds(day)
    facts = case_facts(since, until)
    decisions, comparisons = decisions_by_kind(since, until), comparisons_by_kiosk(since, until)
    cash = cash_up(since, until)
    return {
        "day": day.isoformat(),
        "since": since.isoformat(),
        "until": until.isoformat(),
        "ways": [asdict(way) for way in (*cash.ways, cash.total)],
        "earlier": {"count": cash.earlier, "amount_fen": cash.earlier_fen},
        "differences": [asdict(one) for one in cash.differences],
        "held_cards": [asdict(card) for card in held_cards()],
        "glass_breaks": glass_breaks(since, until),
        "reviews": reviews(since, until),
        "cases": len(facts),
        "claim_wait": asdict(wait_of(claim_waits(facts))),
        "settle_wait": asdict(wait_of(settle_waits(facts))),
        "urgency": asdict(kept_of(facts, now())),
        "decisions": {kind: dict(states) for kind, states in decisions.items()},
        "comparisons": {kiosk: list(pair) for kiosk, pair in comparisons.items()},
    }


def close_day(day: date, user: User, said: ClosingInput) -> DayClosing:
    """Close a day, once, and hand its open cases over; the report is fixed from then on.

    Raises Refused: NOT_ELIGIBLE (right), BAD_REQUEST (a day to come, the money not counted, a
    case without a colleague), CONFLICT (closed already, or a later day is).
    """
    require(user, "close_day")
    try:
        with transaction.atomic():
            _check_day(day)
            report = preview(day)
            report |= _counted(report, said.counted_fen)
            handed = takers_of(cases_to_hand_over(), said.handed_to, said.all_to)
            report["handed_over"] = [handed_line(case, taker) for case, taker in handed]
            report["closed_by"] = user.get_full_name() or user.get_username()
            closing = _store(day, user, said, report)
            hand_over(closing, handed, said.notes)
            _sign(closing, user)
            bump()
    except IntegrityError as error:
        raise Refused(RefusalCode.CONFLICT, "the day is closed already") from error
    return closing


def digest(report: dict[str, Any]) -> str:
    """Return the hash that stands for a report in the audit."""
    text = json.dumps(report, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_as_signed(closing: DayClosing) -> bool:
    """Say whether a stored report is the one whose hash was signed."""
    return digest(closing.report) == closing.report_sha256


def _check_day(day: date) -> None:
    if day > timezone.localdate():
        raise Refused(RefusalCode.BAD_REQUEST, "this day is still to come")
    last = DayClosing.objects.order_by("-day").first()
    if last is not None and last.day >= day:
        what = "this day" if last.day == day else "a later day"
        raise Refused(RefusalCode.CONFLICT, f"{what} is closed already")


def _counted(report: dict[str, Any], counted_fen: int | None) -> dict[str, Any]:
    """Set the money that was counted at the counter against what it should hold."""
    expected = next(way["amount_fen"] for way in report["ways"] if way["way"] == "counter")
    if counted_fen is None:
        if expected:
            raise Refused(RefusalCode.BAD_REQUEST, "count the counter's money first")
        counted_fen = 0
    return {"counted_fen": counted_fen, "counted_differs_fen": counted_fen - expected}


def _store(day: date, user: User, said: ClosingInput, report: dict[str, Any]) -> DayClosing:
    return DayClosing.objects.create(
        day=day,
        since=datetime.fromisoformat(report["since"]),
        until=datetime.fromisoformat(report["until"]),
        closed_by=user,
        closed_at=now(),
        report=report,
        report_sha256=digest(report),
        remark=said.remark[:REMARK_MAX],
    )


def _sign(closing: DayClosing, user: User) -> None:
    """Write the closing to the audit, and the audit's head onto the closing."""
    append(
        Kind.DAY_CLOSED,
        actor(user),
        f"day:{closing.day.isoformat()}",
        report=closing.report_sha256,
        remark=text_hash(closing.remark) if closing.remark else "",
        differences=len(closing.report["differences"]),
        counted_differs_fen=closing.report["counted_differs_fen"],
        handed_over=len(closing.report["handed_over"]),
    )
    signed = head()
    closing.head_seq, closing.head_hash = signed.seq, signed.hash
    closing.save(update_fields=["head_seq", "head_hash"])
