"""A span's figures as the reports page shows them: a plot and a table each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone, localtime

from backend.console.durations import format_span
from backend.console.texts import say, say_code
from backend.console.words import ground_title, kiosk_called
from backend.fleet.models import Kiosk
from backend.insight.wilson import Rate
from backend.reports import plots
from backend.reports.data import case_facts, comparisons_by_kiosk, decisions_by_kind
from backend.reports.figures import (
    CaseFact,
    Kept,
    Wait,
    by_key,
    claim_waits,
    kept_of,
    settle_waits,
    wait_of,
)
from backend.reports.span import Span

STATES = ("in_force", "proposed", "rejected", "undone")
MOST_KIOSKS = 30
"""More kiosks than this are not drawn; the worst are, and the table and the CSV hold all."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at the top."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One plot with its table; ``empty`` where there is nothing to draw."""

    name: str
    title: str
    note: str
    svg: SafeString
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to show."""
        return not self.rows


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """The whole page."""

    tiles: list[Tile]
    charts: list[Chart]


def report_sheet(span: Span, language: str, moment: datetime) -> ReportSheet:
    """Lay out a span's figures."""
    facts = case_facts(span.start, span.end)
    return ReportSheet(
        tiles=_tiles(facts, language, moment),
        charts=[
            _waiting(facts, span, language),
            _urgency(facts, language, moment),
            _decisions(span, language),
            _matches(span, language),
        ],
    )


def _tiles(facts: list[CaseFact], language: str, moment: datetime) -> list[Tile]:
    claim, settle = wait_of(claim_waits(facts)), wait_of(settle_waits(facts))
    kept = kept_of(facts, moment)
    ended = kept.kept + kept.missed
    share = f"{100 * kept.kept / ended:.0f}%" if ended else say(language, "app.none")
    return [
        Tile(say(language, "reports.cases"), str(len(facts))),
        Tile(say(language, "reports.claim_median"), _span(claim.median_s, language)),
        Tile(say(language, "reports.settle_median"), _span(settle.median_s, language)),
        Tile(say(language, "reports.in_time"), share),
    ]


def _span(seconds: float | None, language: str) -> str:
    return say(language, "app.none") if seconds is None else format_span(seconds, language)


def _chart(
    name: str, svg: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], language: str
) -> Chart:
    return Chart(
        name=name,
        title=say(language, f"reports.{name}"),
        note=say(language, f"reports.{name}_note"),
        svg=mark_safe(svg),  # noqa: S308  # plots.py escapes every word
        head=tuple(say(language, f"reports.{key}") for key in head),
        rows=rows,
    )


def _waiting(facts: list[CaseFact], span: Span, language: str) -> Chart:
    places = _places(span)
    by_date = span.kind == "month"
    form, every = ("%d", 5) if by_date else ("%H", 3)
    zone = get_current_timezone()  # looked up once: a city's month has 170,000 cases
    groups = by_key(facts, [f"{fact.created_at.astimezone(zone):{form}}" for fact in facts])
    waits: dict[str, Wait] = {place: wait_of(claim_waits(group)) for place, group in groups.items()}
    shown = [
        plots.Column(
            place,
            _minutes(waits[place].median_s) if place in waits else None,
            _minutes(waits[place].longest_s) if place in waits else None,
        )
        for place in places
    ]
    rows = [
        (
            place if by_date else f"{place}:00",
            str(len(groups[place])),
            _span(waits[place].median_s, language),
            _span(waits[place].p90_s, language),
            _span(waits[place].longest_s, language),
        )
        for place in places
        if place in waits
    ]
    svg = plots.columns(say(language, "reports.waiting"), shown, every)
    head = ("date" if by_date else "hour", "cases", "median", "p90", "longest")
    chart = _chart("waiting", svg, head, rows, language)
    if span.kind == "closing":
        return replace(chart, note=f"{chart.note} {say(language, 'reports.waiting_closing_note')}")
    return chart


def _places(span: Span) -> list[str]:
    """Return the dates of a month, or the hours from where the span begins.

    A closing that counts several days has each hour once, for all of them.
    """
    if span.kind == "month":
        days = (span.last - span.first).days + 1
        return [f"{span.first + timedelta(days=day):%d}" for day in range(days)]
    begins = localtime(span.start).hour
    return [f"{(begins + hour) % 24:02d}" for hour in range(24)]


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


def _urgency(facts: list[CaseFact], language: str, moment: datetime) -> Chart:
    groups = by_key(facts, [fact.ground for fact in facts])
    kept: dict[str, Kept] = {code: kept_of(group, moment) for code, group in groups.items()}
    names = {
        code: ground_title(code, language) if code else say(language, "reports.no_ground")
        for code in kept
    }
    shown = [
        plots.Bar(
            names[code],
            (("bar-good", one.kept), ("bar-urgent", one.missed), ("bar-rest", one.pending)),
            f"{one.kept}/{one.count}",
        )
        for code, one in kept.items()
    ]
    rows = [
        (names[code], str(one.kept), str(one.missed), str(one.pending))
        for code, one in kept.items()
    ]
    svg = plots.bars(say(language, "reports.urgency"), shown)
    return _chart("urgency", svg, ("ground", "kept", "missed", "pending"), rows, language)


def _decisions(span: Span, language: str) -> Chart:
    found = decisions_by_kind(span.start, span.end)
    names = {kind: say_code(language, "decide", kind) for kind in found}
    shown = [
        plots.Bar(
            names[kind],
            (
                ("bar-main", states["in_force"]),
                ("bar-rest", states["proposed"]),
                ("bar-urgent", states["rejected"] + states["undone"]),
            ),
            str(states.total()),
        )
        for kind, states in found.items()
    ]
    rows = [
        (names[kind], *(str(states[state]) for state in STATES)) for kind, states in found.items()
    ]
    svg = plots.bars(say(language, "reports.decisions"), shown)
    return _chart("decisions", svg, ("decision", *STATES), rows, language)


def _matches(span: Span, language: str) -> Chart:
    pairs = comparisons_by_kiosk(span.start, span.end)
    known = Kiosk.objects.filter(id__in=pairs)
    names = {kiosk.id: kiosk_called(kiosk, language) for kiosk in known}
    rates = {kiosk: Rate(*pair) for kiosk, pair in pairs.items()}
    hall = sum(rates.values(), Rate(0, 0))
    ends = {kiosk: rate.interval() for kiosk, rate in rates.items()}
    worst = sorted(rates, key=lambda kiosk: (-ends[kiosk][0], kiosk))
    shown = [
        plots.Interval(
            names.get(kiosk, kiosk),
            rates[kiosk].share,
            *ends[kiosk],
            f"{rates[kiosk].failed}/{rates[kiosk].compared}",
        )
        for kiosk in worst[:MOST_KIOSKS]
    ]
    rows = [
        (
            names.get(kiosk, kiosk),
            str(rates[kiosk].failed),
            str(rates[kiosk].compared),
            f"{100 * rates[kiosk].share:.0f}%",
            "{:.0f}–{:.0f}%".format(*(100 * end for end in ends[kiosk])),
        )
        for kiosk in worst
    ]
    reference = hall.share if hall.compared else None
    svg = plots.intervals(say(language, "reports.matches"), shown, reference)
    head = ("kiosk", "failed", "compared", "rate", "interval")
    return _chart("matches", svg, head, rows, language)
