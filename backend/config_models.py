"""What the hall's TOML files may say, as frozen models."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend_client.contract import CaseReason, ClosedReason, DecisionKind, Texts

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Fact = Literal["functionary", "active_military", "registered_official", "exit_banned", "booklet"]
Seconds = Annotated[float, Field(gt=0, le=7 * 24 * 3600)]


class Section(BaseModel):
    """Base of all sections: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OfferConfig(Section):
    """One kind and form of endorsement."""

    code: Code
    kind: Code
    destination: Literal["HKG", "MAC"]
    entries: Code
    valid_months: int = Field(ge=1, le=36)
    stay_days: int = Field(ge=1, le=365)
    title: Texts
    detail: Texts


class RuleConfig(Section):
    """A fact of a record that closes kinds."""

    fact: Fact
    kinds: tuple[Code, ...]
    private: bool


class ReprintConfig(Section):
    """How a reprint is called, and the office that the back names."""

    title: Texts
    office: str


class OffersConfig(Section):
    """offers.toml."""

    fees: dict[Code, Annotated[int, Field(ge=0, le=10_000_000)]]
    margin_days: dict[str, Annotated[int, Field(ge=0, le=366)]]
    rule: tuple[RuleConfig, ...]
    explanations: dict[ClosedReason, Texts]
    reprint: ReprintConfig
    entries_texts: dict[Code, Texts]
    destination_titles: dict[Code, Texts]
    kind_titles: dict[Code, Texts]
    offer: tuple[OfferConfig, ...]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        codes = [offer.code for offer in self.offer]
        if len(set(codes)) != len(codes):
            raise ValueError("offer codes must be different from each other")
        for offer in self.offer:
            if offer.entries not in self.fees or offer.entries not in self.entries_texts:
                raise ValueError(f"offer {offer.code}: entries needs a fee and an entries_texts")
            if offer.destination not in self.destination_titles:
                raise ValueError(f"offer {offer.code}: destination needs a destination_titles")
            if offer.kind not in self.kind_titles:
                raise ValueError(f"offer {offer.code}: kind needs a kind_titles")
        missing = set(ClosedReason) - set(self.explanations)
        if missing or "default" not in self.margin_days or "reprint" not in self.fees:
            raise ValueError("explanations, margin_days.default and fees.reprint are required")
        return self

    def find(self, code: str) -> OfferConfig | None:
        """Return the offer of this code."""
        return next((offer for offer in self.offer if offer.code == code), None)


class MatchModel(Section):
    """A model whose scores count, by the hash of its files, with the server's thresholds."""

    id: Code
    sha256: tuple[Annotated[str, Field(pattern="^[0-9a-f]{64}$")], ...] = Field(min_length=1)
    thresholds: dict[Code, float] = Field(min_length=1)


class MatchPolicy(Section):
    """Which comparisons count as a match."""

    max_tries: int = Field(ge=1, le=9)
    required_references: tuple[Literal["record", "chip"], ...]
    liveness: Literal["off", "required"] = "off"
    models: tuple[MatchModel, ...]

    @model_validator(mode="after")
    def _record_always(self) -> Self:
        if "record" not in self.required_references:
            raise ValueError("required_references must contain record")
        return self


class ApprovalPolicy(Section):
    """How many other people's words a decision needs, and of which roles."""

    count: int = Field(ge=0, le=5)
    roles: tuple[Code, ...]

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.count and not self.roles:
            raise ValueError("roles must not be empty where count is above 0")
        return self


class ReasonPolicy(Section):
    """Which decisions fit a reason, and which of them need the person seen."""

    kinds: tuple[DecisionKind, ...] = Field(min_length=1)
    seen_in_person: tuple[DecisionKind, ...] = ()


Right = Literal[
    "view_queue",
    "claim",
    "decide",
    "approve",
    "open_any_evidence",
    "view_fleet",
    "release_card",
    "manage",
]


class PolicyConfig(Section):
    """policy.toml."""

    require_sod_for_record_portrait: bool
    record_portraits_per_kiosk_and_hour: int = Field(ge=1, le=100_000)
    identity_accepted_for_min: Annotated[float, Field(gt=0, le=24 * 60)]
    application_valid_min: Annotated[float, Field(gt=0, le=24 * 60)]
    match: MatchPolicy
    roles: dict[Code, tuple[Right, ...]]
    approvals: dict[DecisionKind, ApprovalPolicy]
    decisions: dict[CaseReason, ReasonPolicy]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name in self._gaps():
            raise ValueError(name)
        return self

    def _gaps(self) -> Iterator[str]:
        for reason in set(CaseReason) - set(self.decisions):
            yield f"decisions.{reason} is required"
        for kind in set(DecisionKind) - set(self.approvals):
            yield f"approvals.{kind} is required"
        for kind, policy in self.approvals.items():
            for role in set(policy.roles) - set(self.roles):
                yield f"approvals.{kind}: role {role} is not one of {', '.join(self.roles)}"


class TimersConfig(Section):
    """timers.toml."""

    claim_lease_s: Seconds
    claim_renew_every_s: Seconds
    unclaimed_raise_s: Seconds
    undecided_raise_s: Seconds
    presence_s: Seconds
    expected_handling_s: Seconds
    background_every_s: Seconds
    order_stuck_s: Seconds
    paid_not_issued_s: Seconds
    payment_expires_s: Seconds
    answers_kept_h: Annotated[float, Field(gt=0, le=24 * 366)]
    request_lease_s: Seconds
    max_wait_s: Annotated[float, Field(gt=0, le=60)]
    live_poll_ms: Annotated[int, Field(ge=10, le=1000)]
    login_failures: int = Field(ge=1, le=100)
    login_lockout_s: Seconds
    login_failures_per_address: int = Field(ge=1, le=10_000)
    default_decision_within_s: Seconds
    evidence_kept_after_close_h: Annotated[float, Field(ge=0, le=24 * 366)]
    case_longest_h: Annotated[float, Field(gt=0, le=24 * 366)]


class GroundConfig(Section):
    """One ground of urgency."""

    code: Code
    decide_within_min: Annotated[float, Field(gt=0, le=24 * 60)]
    title: Texts


class UrgencyConfig(Section):
    """urgency.toml."""

    ground: tuple[GroundConfig, ...]

    def find(self, code: str) -> GroundConfig | None:
        """Return the ground of this code."""
        return next((ground for ground in self.ground if ground.code == code), None)


class PhraseConfig(Section):
    """One canned phrase."""

    code: Code
    fits: tuple[DecisionKind, ...]
    text: Texts


class PhrasesConfig(Section):
    """phrases.toml."""

    phrase: tuple[PhraseConfig, ...]

    def find(self, code: str) -> PhraseConfig | None:
        """Return the phrase of this code."""
        return next((phrase for phrase in self.phrase if phrase.code == code), None)


class HallConfig(Section):
    """All of it."""

    offers: OffersConfig
    policy: PolicyConfig
    timers: TimersConfig
    urgency: UrgencyConfig
    phrases: PhrasesConfig
