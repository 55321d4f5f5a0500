"""The rule of a match: every reference there is must hold, and one must be trustworthy. Pure.

A chip portrait without passive authentication is never sufficient alone. When references
disagree a person decides; they agree when the live portrait holds against both. Where a case was
taken up, the face must be that of its own portrait as well.
"""

from collections.abc import Mapping

from kiosk.portrait.fusion import Matcher, Template
from kiosk.portrait.results import MatchDecision, Reason, ReasonKey, ReferenceState
from kiosk.values import Reference, Score

States = Mapping[Reference, ReferenceState]
_UNUSABLE = {
    Reference.CHIP: ReasonKey.CHIP_UNUSABLE,
    Reference.RECORD: ReasonKey.RECORD_UNUSABLE,
}


def score_against(
    matcher: Matcher, live: Template, reference: Reference, template: Template
) -> Score:
    """Compare the fused live portrait with one reference."""
    result = matcher.compare(live, template)
    return Score(reference, matcher.name, result.score, matcher.threshold, result.values)


def decide(
    scores: tuple[Score, ...],
    references: Score | None,
    states: States,
    *,
    chip_authenticated: bool,
) -> MatchDecision:
    """Judge one capture. ``scores`` holds one entry for each usable reference."""
    reason = _reason(scores, references, states, chip_authenticated)
    return MatchDecision(reason is None, scores, references, reason)


def _reason(
    scores: tuple[Score, ...],
    references: Score | None,
    states: States,
    chip_authenticated: bool,
) -> Reason | None:
    if all(states[reference] is ReferenceState.ABSENT for reference in _UNUSABLE):
        return Reason(ReasonKey.NO_REFERENCE)
    for reference, key in _UNUSABLE.items():
        if states[reference] in (ReferenceState.UNREADABLE, ReferenceState.NO_FACE):
            return Reason(key)
    figures = _figures(scores, references)
    if Reference.CASE in states and not _is_of_case(scores):
        return Reason(ReasonKey.NOT_OF_CASE, figures)
    scores = tuple(score for score in scores if score.reference is not Reference.CASE)
    if not all(score.accepted for score in scores):
        disagree = references is not None and not references.accepted
        if disagree or any(score.accepted for score in scores):
            return Reason(ReasonKey.REFERENCES_DISAGREE, figures)
        poor = any(state is ReferenceState.POOR for state in states.values())
        return Reason(ReasonKey.REFERENCE_POOR if poor else ReasonKey.LOW_SCORE, figures)
    chip_alone = states[Reference.RECORD] is ReferenceState.ABSENT
    if chip_alone and not chip_authenticated:
        return Reason(ReasonKey.CHIP_NOT_AUTHENTICATED, figures)
    return None


def _is_of_case(scores: tuple[Score, ...]) -> bool:
    """Say whether the face is that of the case's portrait; one that shows no face says nothing."""
    return any(score.accepted for score in scores if score.reference is Reference.CASE)


def _figures(scores: tuple[Score, ...], references: Score | None) -> tuple[tuple[str, float], ...]:
    figures = [(score.reference.value, score.score) for score in scores]
    if references is not None:
        figures.append(("chip_record", references.score))
    if scores:
        figures.append(("threshold", scores[0].threshold))
    return tuple(figures)
