"""Whose words a decision on a case needs, by kind and by amount of doubt; policy.toml says it."""

from dataclasses import dataclass

from backend.cases.models import Case
from backend.config import hall
from backend.config_oversight import ApprovalRule
from backend_client.contract import CaseReason, DecisionKind, MatchReport, ScoreReport


@dataclass(frozen=True, slots=True)
class Need:
    """``count`` people of ``roles``; ``rule`` is the approval_rule that asks, if one does."""

    count: int
    roles: tuple[str, ...]
    rule: str = ""


def needs_of(case: Case, kind: DecisionKind) -> tuple[Need, ...]:
    """Return all words that this decision on this case needs."""
    policy = hall().policy
    base = policy.approvals[kind]
    always = (Need(base.count, base.roles),) if base.count else ()
    doubtful = tuple(
        Need(rule.count, rule.roles, rule.code)
        for rule in policy.approval_rule
        if rule_holds(rule, case, kind)
    )
    return always + doubtful


def rule_holds(rule: ApprovalRule, case: Case, kind: DecisionKind) -> bool:
    """Say whether a rule asks for more words on this decision."""
    if kind not in rule.kinds:
        return False
    if rule.reasons and CaseReason(case.reason) not in rule.reasons:
        return False
    return not rule.below_threshold_by or _far_below(rule.below_threshold_by, case)


def _far_below(margins: dict[str, float], case: Case) -> bool:
    """Say whether every score of the named engines lies that far below the threshold.

    A score that is no number supports nobody. Without any score there is nothing to be far below.
    """
    if case.match is None:
        return False
    report = MatchReport.model_validate(case.match)
    scores = [score for score in report.scores if score.engine in margins]
    return bool(scores) and not any(
        score.score > _threshold(report, score) - margins[score.engine] for score in scores
    )


def _threshold(report: MatchReport, score: ScoreReport) -> float:
    """Return the server's own threshold; the kiosk's where policy does not list the model."""
    for model in hall().policy.match.models:
        if model.id == report.model and score.engine in model.thresholds:
            return model.thresholds[score.engine]
    return score.threshold
