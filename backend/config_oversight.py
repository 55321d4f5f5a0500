"""policy.toml's part on who watches whom: approvals, delegation, break-glass, second looks."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from backend.config_base import Code, Section
from backend_client.contract import CaseReason, DecisionKind, Texts

APPROVING = "role {} is not one that may approve"
MEASURED = "engine {} is not one with a threshold"
KNOWN = "role {} is not one of"
Hours = Annotated[float, Field(gt=0, le=7 * 24)]


class ApprovalPolicy(Section):
    """How many other people's words a decision needs, and of which roles."""

    count: int = Field(ge=0, le=5)
    roles: tuple[Code, ...]

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.count and not self.roles:
            raise ValueError("roles must not be empty where count is above 0")
        return self


class ApprovalRule(Section):
    """Words that a doubtful case needs besides those its kind of decision always needs.

    ``reasons`` empty means every reason. ``below_threshold_by`` names engines: the rule holds where
    not one reference supports the person, that is, every score of a named engine lies at least so
    far below the server's threshold, in that engine's unit.
    """

    code: Code
    title: Texts
    kinds: tuple[DecisionKind, ...] = Field(min_length=1)
    reasons: tuple[CaseReason, ...] = ()
    below_threshold_by: dict[Code, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    count: int = Field(ge=1, le=5)
    roles: tuple[Code, ...] = Field(min_length=1)


class DelegationPolicy(Section):
    """Which roles may be lent to whom while their holder is away, and for how long."""

    longest_days: Annotated[float, Field(gt=0, le=366)]
    roles: dict[Code, tuple[Code, ...]]


class BreakGlassPolicy(Section):
    """How soon another person reviews a decision that took effect without its approvals."""

    review_within_h: Hours


class SecondLookPolicy(Section):
    """The random share of decisions that another person looks at afterwards."""

    share: float = Field(ge=0, le=1)
    kinds: tuple[DecisionKind, ...]
    within_h: Hours


class SecondFactorPolicy(Section):
    """How long one code counts, and how many wrong ones lock the second factor."""

    shift_h: Annotated[float, Field(gt=0, le=24)]
    failures: int = Field(ge=1, le=20)
    lockout_s: Annotated[float, Field(gt=0, le=24 * 3600)]


class OversightPolicy(Section):
    """What policy.toml says of all this."""

    approvals: dict[DecisionKind, ApprovalPolicy]
    approval_rule: tuple[ApprovalRule, ...] = ()
    delegation: DelegationPolicy
    break_glass: BreakGlassPolicy
    second_look: SecondLookPolicy
    second_factor: SecondFactorPolicy

    def oversight_gaps(
        self, roles: Mapping[str, Collection[str]], engines: Iterable[str]
    ) -> Iterator[str]:
        """Yield what is missing, or names a role or engine that cannot do what is asked of it."""
        known, approving = tuple(roles), [role for role in roles if "approve" in roles[role]]
        for kind in set(DecisionKind) - set(self.approvals):
            yield f"approvals.{kind} is required"
        for kind, policy in self.approvals.items():
            yield from _unknown(f"approvals.{kind}", APPROVING, policy.roles, approving)
        codes = [rule.code for rule in self.approval_rule]
        if len(set(codes)) != len(codes):
            yield "approval_rule: codes must be different from each other"
        for rule in self.approval_rule:
            where = f"approval_rule {rule.code}"
            yield from _unknown(where, APPROVING, rule.roles, approving)
            yield from _unknown(where, MEASURED, rule.below_threshold_by, list(engines))
        for role, receivers in self.delegation.roles.items():
            yield from _unknown("delegation.roles", KNOWN, (role, *receivers), known)


def _unknown(where: str, what: str, named: Iterable[str], known: Collection[str]) -> Iterator[str]:
    for name in named:
        if name not in known:
            yield f"{where}: {what.format(name)}: {', '.join(known)}"
