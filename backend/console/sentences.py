"""Why a case needs a person, as one short paragraph built from what was measured. Pure.

The paragraph answers, in this order: what the capture was like, what each reference says, what
that suggests, and whether it is this person or this machine. It states only what the data bears:
a part without data is left out, and no verdict on the machine is given from a handful of visits.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.console.texts import say, say_code

MACHINE_WORDS = {
    "machine": "suspect",
    "record": "works",
    "chip": "works",
    "person": "fine",
    "unclear": "unknown",
}
"""Which sentence on the machine goes with which verdict of backend.insight."""

FACE_REASONS = frozenset({"portrait_not_matched", "portraits_disagree", "liveness_alarm"})


@dataclass(frozen=True, slots=True)
class ScoreFact:
    """One comparison: against ``chip`` or ``record``."""

    reference: str
    score: float
    threshold: float

    @property
    def holds(self) -> bool:
        """Say whether the score reaches its threshold."""
        return self.score >= self.threshold


@dataclass(frozen=True, slots=True)
class MeasureFact:
    """One criterion of the capture against its limits (None = open end)."""

    name: str
    value: float
    unit: str
    low: float | None
    high: float | None

    @property
    def holds(self) -> bool:
        """Say whether the value lies within its limits."""
        return (self.low is None or self.value >= self.low) and (
            self.high is None or self.value <= self.high
        )


@dataclass(frozen=True, slots=True)
class KioskToday:
    """How the kiosk's newest comparisons of other people went, and what that suggests."""

    name: str
    compared: int
    failed: int
    verdict: str = "unclear"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is known about why the case was handed over.

    ``why`` is the kiosk's key for why the last capture did not match, with its figures;
    ``liveness`` is what kept it from looking alive.
    """

    reason: str
    cause: str | None = None
    why: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    liveness: str = ""
    scores: tuple[ScoreFact, ...] = ()
    measures: tuple[MeasureFact, ...] = ()
    has_live: bool = True
    kiosk: KioskToday | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """The paragraph in two parts: ``lead`` says what failed, ``machine`` whose fault it may be."""

    lead: str
    machine: str


def explain(facts: CaseFacts, language: str) -> Why:
    """Explain in ``language`` (one of texts.LANGUAGES) why the case needs a person."""
    found = _found(facts, language)
    if facts.scores:
        clauses = [*_capture(facts, language), *(_score(s, language) for s in facts.scores)]
        evidence = say(language, "why.clauses", clauses=say(language, "why.comma").join(clauses))
        suggestion = found or say(language, f"why.{_suggestion(facts)}")
        gap = say(language, "why.gap")
        lead = gap.join(_with_reason(facts, language, evidence, suggestion))
    else:
        lead = say_code(language, "why_reason", facts.reason)
        if found:
            lead = say(language, "why.gap").join((lead, found)) if lead != facts.reason else found
    return Why(lead, _machine(facts, language))


def _found(facts: CaseFacts, language: str) -> str:
    """Say what the kiosk found to be the cause, with its figures; empty where it knows none."""
    sentences = [("why_liveness", facts.liveness)] if facts.reason == "liveness_alarm" else []
    if facts.why and facts.reason in FACE_REASONS | {"no_reference"}:
        sentences.append(("why_found", facts.why))
    said: list[str] = []
    for table, code in sentences:
        text = say_code(language, table, code)
        if code and text != code:
            figures = {name: _figure(value) for name, value in facts.figures.items()}
            said.append(text.format_map(defaultdict(lambda: "—", figures)))
            if table == "why_found":
                said += [*_measured(facts, language), *_wanting(facts, language)]
    return say(language, "why.gap").join(said)


def _measured(facts: CaseFacts, language: str) -> list[str]:
    """Say in how many frames it was so, and what was measured there."""
    figures = facts.figures
    if not {"failed", "frames"} <= figures.keys():
        return []
    counts = {name: _figure(figures[name]) for name in ("failed", "frames")}
    said = [say(language, "why_figures.counted", **counts)]
    for name, value in figures.items():
        words = say_code(language, "measure", name)
        if words != name and "limit" in figures:
            unit = _unit(facts, name, language)
            both = {"value": _figure(value) + unit, "limit": _figure(figures["limit"]) + unit}
            said.append(say(language, "why_figures.measured", name=words, **both))
    return said


def _wanting(facts: CaseFacts, language: str) -> list[str]:
    """Say what the portraits on chip and record lack, where one is poor."""
    said = []
    for name, limit in facts.figures.items():
        reference, _, measure = name.removesuffix("_limit").partition("_")
        if name.endswith("_limit") and reference in ("chip", "record"):
            words = {
                "reference": say(language, f"case.{reference}"),
                "name": say_code(language, "measure", measure),
                "value": _figure(facts.figures.get(f"{reference}_{measure}", limit)),
                "limit": _figure(limit),
            }
            said.append(say(language, "why_figures.of_reference", **words))
    return said


def _unit(facts: CaseFacts, name: str, language: str) -> str:
    """Return a measure's unit as it stands behind a number."""
    unit = next((measure.unit for measure in facts.measures if measure.name == name), "")
    words = say_code(language, "unit", unit) if unit else ""
    return words if words in ("", "°") else f" {words}"


def _figure(value: float) -> str:
    """Return a figure for a sentence: counts as counts, the rest with two places at most."""
    if value == int(value):
        return str(int(value))
    return f"{value:.0f}" if abs(value) >= 20 else f"{value:.2f}"


def _with_reason(
    facts: CaseFacts, language: str, evidence: str, suggestion: str
) -> tuple[str, ...]:
    """Put the reason itself first where the scores do not say it."""
    if facts.reason == "portrait_not_matched" or facts.why == "one_reference":
        return (evidence, suggestion)
    reason = say_code(language, "why_reason", facts.reason)
    return (reason, evidence, suggestion) if facts.reason in FACE_REASONS else (reason, evidence)


def _capture(facts: CaseFacts, language: str) -> list[str]:
    if not facts.has_live or not facts.measures:
        return []
    wrong = [
        say_code(language, "why_measure", f"{m.name}_{_side(m)}")
        for m in facts.measures
        if not m.holds
    ]
    words = say(language, "why.and").join(_known(language, wrong)) if wrong else ""
    key = "capture_bad" if wrong else "capture_good"
    return [say(language, f"why.{key}", faults=words) if wrong else say(language, f"why.{key}")]


def _known(language: str, faults: list[str]) -> list[str]:
    """Replace measures without words of their own by one general phrase, said once."""
    general = say(language, "why_measure.other")
    said = [general if fault.endswith(("_low", "_high")) else fault for fault in faults]
    return list(dict.fromkeys(said))


def _side(measure: MeasureFact) -> str:
    return "low" if measure.low is not None and measure.value < measure.low else "high"


def _score(score: ScoreFact, language: str) -> str:
    key = f"why.{score.reference}_{'holds' if score.holds else 'fails'}"
    return say(language, key, score=f"{score.score:.2f}")


def _suggestion(facts: CaseFacts) -> str:
    """Choose what the pattern of scores suggests; a bad capture outweighs every score."""
    if facts.cause in {"capture", "machine"} or any(not m.holds for m in facts.measures):
        return "suggest_capture"
    holds = {score.reference: score.holds for score in facts.scores}
    match (holds.get("chip"), holds.get("record")):
        case (True, False):
            return "suggest_record"
        case (False, True):
            return "suggest_chip"
        case (False, False):
            return "suggest_person"
        case (True, True):
            return "suggest_all_hold"
        case (False, None) | (None, False):
            return "suggest_one_reference"
        case _:
            return "suggest_incomplete"


def _machine(facts: CaseFacts, language: str) -> str:
    today = facts.kiosk
    if today is None or facts.reason not in FACE_REASONS:
        return ""
    if today.compared == 0 and facts.cause != "machine":
        return ""
    verdict = _machine_verdict(facts, today)
    if verdict == "works" and 2 * today.failed > today.compared:
        # What clears the machine is the portrait that matched here; the counts would gainsay it.
        matched = say(language, f"case.{'chip' if today.verdict == 'record' else 'record'}")
        return say(language, "why.machine_cleared", reference=matched)
    counts = say(
        language, "why.counts", kiosk=today.name, compared=today.compared, failed=today.failed
    )
    return say(language, f"why.machine_{verdict}", counts=counts)


def _machine_verdict(facts: CaseFacts, today: KioskToday) -> str:
    """Judge the machine: by the engine's own word on this visit, else by all comparisons."""
    return "suspect" if facts.cause == "machine" else MACHINE_WORDS[today.verdict]
