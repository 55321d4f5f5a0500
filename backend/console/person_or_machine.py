"""The panel "is it this person or this machine?": sentences and charts from the comparisons."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from backend.cases.models import Case
from backend.console.charts import Mark, Scale, interval_bar, scale_of, score_line
from backend.console.texts import say
from backend.console.words import kiosk_called
from backend.insight.asking import Answer
from backend.insight.models import Comparison
from backend.insight.verdict import Verdict
from backend.insight.wilson import Rate
from backend_client.contract import MatchReport

MOST_VISITS = 5
LEAST_SCALE = 0.2
"""Shares of failures are drawn on 0 to 20 % at least, so that one of forty looks as it is."""


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One row: what, the marks, the figures."""

    label: str
    chart: SafeString
    figures: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class PersonOrMachine:
    """The panel. ``suspect`` sets the verdict off where the machine is doubted."""

    verdict: str
    suspect: bool
    person: str
    visits: list[ChartRow]
    kiosk: str
    rates: list[ChartRow]


def person_or_machine(
    case: Case, report: MatchReport, answer: Answer, language: str
) -> PersonOrMachine:
    """Lay the answer out in ``language``."""
    others = [visit for visit in answer.visits if visit.kiosk_id != case.kiosk_id]
    kiosk = kiosk_called(case.kiosk, language) if case.kiosk else ""
    return PersonOrMachine(
        verdict=say(language, f"insight.verdict_{answer.verdict.value}", kiosk=kiosk),
        suspect=answer.verdict == Verdict.MACHINE,
        person=say(language, "why.gap").join(
            (_person(others, language), _between(report, language))
        ),
        visits=_visits(case, answer.visits, language),
        kiosk=_kiosk(answer, kiosk, language),
        rates=_rates(answer, kiosk, language),
    )


def _person(others: list[Comparison], language: str) -> str:
    if not others:
        return say(language, "insight.person_nowhere")
    failed = sum(1 for visit in others if visit.failed)
    key = "person_failed" if failed == len(others) else "person_mixed"
    if failed == 0:
        key = "person_matched"
    return say(language, f"insight.{key}", count=len(others), failed=failed)


def _visits(case: Case, visits: tuple[Comparison, ...], language: str) -> list[ChartRow]:
    """Return today's comparisons of this card, this visit's set off, the newest last."""
    shown = [visit for visit in visits if visit.threshold is not None][-MOST_VISITS:]
    if not shown:
        return []
    values = [
        value
        for visit in shown
        for value in (visit.chip_score, visit.record_score, visit.threshold)
        if value is not None
    ]
    scale = scale_of(values)
    return [_visit(visit, scale, case, language) for visit in shown]


def _visit(visit: Comparison, scale: Scale, case: Case, language: str) -> ChartRow:
    threshold = visit.threshold or 0.0
    scores = {"chip": visit.chip_score, "record": visit.record_score}
    known = {name: score for name, score in scores.items() if score is not None}
    shapes = {"chip": "dot", "record": "square"}
    marks = [Mark(score, shapes[name], score >= threshold) for name, score in known.items()]
    figures = " · ".join(
        say(language, f"insight.score_{name}", score=f"{score:.2f}")
        for name, score in known.items()
    )
    here = visit.kiosk_id == case.kiosk_id and visit.visit_id == case.visit_id
    word = say(language, "insight.failed" if visit.failed else "insight.matched")
    label = f"{kiosk_called(visit.kiosk, language)} {localtime(visit.at):%H:%M} {word}"
    chart = score_line(marks, threshold, scale, f"{label}: {figures}")
    return ChartRow(label, chart, figures, here)


def _kiosk(answer: Answer, kiosk: str, language: str) -> str:
    here, hall = answer.here, answer.evidence.hall
    if here.compared == 0:
        return say(language, "insight.kiosk_nothing", kiosk=kiosk)
    key = "kiosk_rate" if hall.compared else "kiosk_rate_alone"
    return say(
        language,
        f"insight.{key}",
        kiosk=kiosk,
        compared=here.compared,
        failed=here.failed,
        hall=_percent(hall.share),
    )


def _rates(answer: Answer, kiosk: str, language: str) -> list[ChartRow]:
    named = [
        (kiosk, answer.here, answer.verdict == Verdict.MACHINE),
        (say(language, "insight.hall"), answer.evidence.hall, False),
    ]
    there = [(name, rate, loud) for name, rate, loud in named if rate.compared]
    top = max((rate.interval()[1] for _, rate, _ in there), default=LEAST_SCALE)
    scale = Scale(0.0, max(LEAST_SCALE, top))
    return [_rate(name, rate, scale, loud=loud) for name, rate, loud in there]


def _rate(name: str, rate: Rate, scale: Scale, *, loud: bool) -> ChartRow:
    low, high = rate.interval()
    span = f"{_percent(low)} – {_percent(high)}"
    figures = f"{rate.failed}/{rate.compared} · {_percent(rate.share)} ({span})"
    chart = interval_bar(rate.share, low, high, scale, f"{name}: {figures}", loud=loud)
    return ChartRow(name, chart, figures, loud)


def _between(report: MatchReport, language: str) -> str:
    between = report.between
    if between is None:
        return say(language, "insight.between_unknown")
    holds = between.score >= between.threshold
    sign = "≥" if holds else "<"
    figures = f"{between.score:.2f} {sign} {between.threshold:.2f}"
    return say(language, f"insight.between_{'same' if holds else 'differ'}", figures=figures)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
