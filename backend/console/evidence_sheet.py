"""The evidence of one case as the page lays it out; built only after it was opened by rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.timezone import localtime

from backend.cases.models import Case
from backend.console.case_facts import answer_for, case_facts, match_of, tries_of
from backend.console.counter_sheet import paid_twice_number
from backend.console.person_or_machine import PersonOrMachine, person_or_machine
from backend.console.sentences import CaseFacts, MeasureFact, ScoreFact, Why, explain
from backend.console.texts import say, say_code
from backend.console.words import kiosk_called
from backend_client.contract import EyesReport, MatchReport, TryReport

PORTRAITS = ("live", "chip", "record")


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One comparison in figures; the template adds sign and words."""

    text: str
    holds: bool
    engines: str


@dataclass(frozen=True, slots=True)
class PortraitBox:
    """One of the three portraits; ``url`` is empty where there is none."""

    which: str
    title: str
    alt: str
    url: str
    missing: str
    note: str
    eyes: str
    scores: list[ScoreLine]


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One criterion against its limits."""

    name: str
    value: str
    limit: str
    holds: bool


@dataclass(frozen=True, slots=True)
class TryLine:
    """One try: its portrait where it has one of its own, and all that was measured.

    ``why`` is empty where it matched; ``alive`` says whether it looked so, or was not asked.
    """

    number: int
    url: str
    eyes: str
    alt: str
    scores: list[ScoreLine]
    measures: list[MeasureLine]
    why: str
    liveness: str
    alive: bool
    model: str
    frames: str


@dataclass(frozen=True, slots=True)
class EvidenceSheet:
    """All that the person who decides looks at."""

    why: Why
    detail: str
    paid_twice: str
    has_portraits: bool
    portraits: list[PortraitBox]
    tries: list[TryLine]
    earlier: list[TryLine]
    measures: list[MeasureLine]
    outside: list[MeasureLine]
    insight: PersonOrMachine | None
    person: list[str]
    elsewhere: str
    model: str


def evidence_sheet(case: Case, language: str, now: datetime) -> EvidenceSheet:
    """Lay out the evidence of ``case``."""
    report = match_of(case)
    answer = answer_for(case, report, now)
    facts = case_facts(case, report, answer, language)
    measures = [_measure(measure, language) for measure in facts.measures]
    portraits = [_portrait(case, which, facts, report, language) for which in PORTRAITS]
    kept = set(case.attempts.values_list("number", flat=True))
    tries = [
        _try(case, number, one, language, kept=number in kept)
        for number, one in enumerate(tries_of(case), 1)
    ]
    return EvidenceSheet(
        why=explain(facts, language),
        detail=case.detail,
        paid_twice=paid_twice_number(case.application),
        has_portraits=any(portrait.url for portrait in portraits),
        portraits=portraits,
        tries=tries,
        earlier=[one for one in tries if one.url],
        measures=measures,
        outside=[measure for measure in measures if not measure.holds],
        insight=person_or_machine(case, report, answer, language) if report and answer else None,
        person=_person(case),
        elsewhere=" · ".join(_elsewhere(case, language, now)),
        model=report.model if report else "",
    )


def _portrait(
    case: Case, which: str, facts: CaseFacts, report: MatchReport | None, language: str
) -> PortraitBox:
    there = getattr(case, f"{which}_portrait_id") is not None
    title = say(language, f"case.{which}")
    tries = say(language, "case.tries", tries=report.tries) if report and which == "live" else ""
    return PortraitBox(
        which=which,
        title=title,
        alt=say(language, "case.portrait_alt", which=title),
        url=reverse("console:portrait", args=(case.id, which)) if there else "",
        missing=say(language, f"case.none_{which}"),
        note=tries,
        eyes=eyes_of(report, which),
        scores=[
            _score(fact, report, index)
            for index, fact in enumerate(facts.scores)
            if fact.reference == which
        ],
    )


def eyes_of(report: MatchReport | None, which: str) -> str:
    """Return where the eyes are as four fractions, left eye first; empty when not known."""
    found = [eyes for eyes in report.eyes if eyes.portrait == which] if report else []
    return _eyes(found[0]) if found else ""


def _eyes(eyes: EyesReport) -> str:
    return " ".join(f"{part:.4f}" for part in (*eyes.left, *eyes.right))


def _try(case: Case, number: int, one: TryReport, language: str, *, kept: bool) -> TryLine:
    liveness = one.liveness
    grades = [f"{m.value:.2f}" for m in liveness.measures if m.low is not None] if liveness else []
    outcome = say_code(language, "liveness", liveness.outcome) if liveness else ""
    title = say(language, "viewer.try", number=number)
    return TryLine(
        number=number,
        url=reverse("console:portrait", args=(case.id, f"try{number}")) if kept else "",
        eyes=_eyes(one.eyes) if one.eyes else "",
        alt=say(language, "case.portrait_alt", which=title),
        scores=[
            _line(
                ScoreFact(s.reference, s.score, s.threshold),
                s.values,
                say(language, f"case.{s.reference}"),
            )
            for s in one.scores
        ],
        measures=[
            _measure(MeasureFact(m.name, m.value, m.unit, m.low, m.high), language)
            for m in one.measures
        ],
        why=say_code(language, "why_short", one.reason) if one.reason else "",
        liveness=" · ".join([outcome, *grades]) if liveness else "",
        alive=liveness is None or liveness.outcome == "passed",
        model=f"{one.model} {one.model_sha256[:8]}".strip(),
        frames=", ".join(str(frame) for frame in one.frames),
    )


def _score(fact: ScoreFact, report: MatchReport | None, index: int) -> ScoreLine:
    return _line(fact, report.scores[index].values if report else {}, "")


def _line(fact: ScoreFact, values: Mapping[str, float], name: str) -> ScoreLine:
    sign = "≥" if fact.holds else "<"
    engines = " · ".join(f"{name} {value:.2f}" for name, value in values.items())
    digits = 2 if f"{fact.score:.2f}" != f"{fact.threshold:.2f}" or fact.holds else 4
    text = f"{name} {fact.score:.{digits}f} {sign} {fact.threshold:.{digits}f}".strip()
    return ScoreLine(text, fact.holds, engines)


def _measure(measure: MeasureFact, language: str) -> MeasureLine:
    unit = say_code(language, "unit", measure.unit)
    gap = "" if unit in ("", "°") else " "
    return MeasureLine(
        name=say_code(language, "measure", measure.name),
        value=f"{_figure(measure.value)}{gap}{unit}",
        limit=_limit(measure.low, measure.high),
        holds=measure.holds,
    )


def _limit(low: float | None, high: float | None) -> str:
    match (low, high):
        case (None, None):
            return "—"
        case (float() | int(), None):
            return f"≥ {_figure(low)}"
        case (None, float() | int()):
            return f"≤ {_figure(high)}"
        case _ if low == high:
            return f"= {_figure(low)}"
        case _:
            return f"{_figure(low)} – {_figure(high)}"


def _figure(value: float | None) -> str:
    """Return three significant figures, without an exponent or trailing noughts."""
    if value is None:
        return "—"
    if abs(value) >= 100 or value == int(value):
        return f"{value:.0f}".replace("-", "−")
    return f"{value:.3g}".replace("-", "−")


def _person(case: Case) -> list[str]:
    """Name the holder as the record has it, and the card."""
    known = [f"{case.permit.resident.name_zh} · {case.permit.resident.born}"] if case.permit else []
    return [*known, case.card_number] if case.card_number else known


def _elsewhere(case: Case, language: str, now: datetime) -> list[str]:
    """Say what else happened with this card today: this person, or this machine."""
    if not case.card_number:
        return []
    midnight = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    others = (
        Case.objects.filter(card_number=case.card_number, created_at__gte=midnight)
        .exclude(id=case.id)
        .select_related("kiosk")
        .order_by("-created_at")[:3]
    )
    return [
        (kiosk_called(other.kiosk, language) if other.kiosk else "—")
        + f" {localtime(other.created_at):%H:%M} "
        + say_code(language, "reason", other.reason)
        for other in others
    ]
