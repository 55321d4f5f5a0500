"""What the hall's TOML files may say, as frozen models."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from backend.cases.reasons import STAFF_CODES, Reason, StaffReason
from backend.config_base import Code as Code
from backend.config_base import Section as Section
from backend.config_oversight import OversightPolicy
from backend_client.contract import CaseReason, ClosedReason, DecisionKind, Texts

Fact = Literal["functionary", "active_military", "registered_official", "exit_banned", "booklet"]
KIOSK_KIND = "kiosk"
"""How a filter or a rule calls all cases that a kiosk opened."""
Hours = Annotated[float, Field(gt=0, le=24 * 3660)]
Seconds = Annotated[float, Field(gt=0, le=7 * 24 * 3600)]


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
    """What is said of a reprint below the endorsement's name; the office that the back names."""

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
    "take_over",
    "view_fleet",
    "release_card",
    "manage",
    "review",
    "break_glass",
    "delegate",
    "view_settings",
    "view_audit",
    "view_reports",
    "close_day",
]


class SignInPolicy(Section):
    """How long a session at the console lasts."""

    session_h: Annotated[float, Field(gt=0, le=24)]


class PolicyConfig(OversightPolicy):
    """policy.toml."""

    require_sod_for_record_portrait: bool
    record_portraits_per_kiosk_and_hour: int = Field(ge=1, le=100_000)
    identity_accepted_for_min: Annotated[float, Field(gt=0, le=24 * 60)]
    application_valid_min: Annotated[float, Field(gt=0, le=24 * 60)]
    match: MatchPolicy
    sign_in: SignInPolicy
    roles: dict[Code, tuple[Right, ...]]
    decisions: dict[Reason, ReasonPolicy]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name in self._gaps():
            raise ValueError(name)
        return self

    def _gaps(self) -> Iterator[str]:
        for reason in {*CaseReason, *StaffReason} - set(self.decisions):
            yield f"decisions.{reason} is required"
        engines = {engine for model in self.match.models for engine in model.thresholds}
        yield from self.oversight_gaps(self.roles, sorted(engines))


class TimersConfig(Section):
    """timers.toml."""

    claim_lease_s: Seconds
    claim_renew_every_s: Seconds
    rest_ends_before_appointment_s: Seconds
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
    decide_before_departure_s: Annotated[float, Field(ge=0, le=24 * 3600)]
    evidence_kept_after_close_h: Annotated[float, Field(ge=0, le=24 * 366)]
    case_longest_h: Annotated[float, Field(gt=0, le=24 * 366)]


class RetentionConfig(Section):
    """retention.toml."""

    chip_read_kept_h: Hours
    scores_kept_h: Hours
    print_detail_kept_h: Hours
    closing_remark_kept_h: Hours
    loose_picture_kept_h: Hours


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


class AlarmConfig(Section):
    """One timer: when it runs out, what it does."""

    code: Code
    when: Literal[
        "unclaimed", "undecided", "unapproved", "departure_near", "appointment_near", "longest_near"
    ]
    seconds: Seconds
    kinds: tuple[Code, ...] = ()
    level: Literal[1, 2]
    messenger: bool
    title: Texts

    @model_validator(mode="after")
    def _known_kinds(self) -> Self:
        allowed = (KIOSK_KIND, *STAFF_CODES)
        for kind in self.kinds:
            if kind not in allowed:
                raise ValueError(f"kinds: {kind} is not one of {', '.join(allowed)}")
        return self


class AlarmsConfig(Section):
    """alarms.toml."""

    alarm: tuple[AlarmConfig, ...]

    @model_validator(mode="after")
    def _codes_differ(self) -> Self:
        codes = [alarm.code for alarm in self.alarm]
        if len(set(codes)) != len(codes):
            raise ValueError("alarm codes must be different from each other")
        return self

    def find(self, code: str) -> AlarmConfig | None:
        """Return the alarm of this code."""
        return next((alarm for alarm in self.alarm if alarm.code == code), None)


class MessengerConfig(Section):
    """messenger.toml."""

    url: Annotated[str, Field(max_length=500, pattern=r"^(https?://[^\s@]+)?$")]
    language: Literal["zh-hans", "zh-hant", "en"]
    deadline_s: Annotated[float, Field(gt=0, le=60)]
    try_again_s: tuple[Seconds, ...] = Field(max_length=20)
    oldest_s: Seconds
    body: dict[str, Any] = Field(min_length=1)


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


class StandOut(Section):
    """When a kiosk's failures stand out: ``z`` of their share's interval, and how many."""

    z: Annotated[float, Field(gt=0, le=6)]
    min_failed: int = Field(ge=1, le=100)


class InsightConfig(Section):
    """insight.toml."""

    window_h: Annotated[float, Field(gt=0, le=24 * 31)]
    windows: tuple[Annotated[int, Field(ge=1, le=1000)], ...] = Field(min_length=1, max_length=5)
    min_compared: int = Field(ge=1, le=1000)
    clear_gap: Annotated[float, Field(ge=0, le=10)]
    expected_share: Annotated[float, Field(gt=0, lt=1)]
    expected_weight: int = Field(ge=1, le=100_000)
    card_forgotten_after_h: Annotated[float, Field(ge=24, le=24 * 366)]
    kept_days: int = Field(ge=1, le=3660)
    suspect: StandOut
    incident: StandOut

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if list(self.windows) != sorted(self.windows):
            raise ValueError("windows must grow")
        return self


class HallConfig(Section):
    """All of it."""

    offers: OffersConfig
    policy: PolicyConfig
    timers: TimersConfig
    retention: RetentionConfig
    urgency: UrgencyConfig
    phrases: PhrasesConfig
    alarms: AlarmsConfig
    messenger: MessengerConfig
    insight: InsightConfig
