"""A visit: its phase and the few fields that live across phases."""

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from kiosk.session.facts import (
    Application,
    CardFacts,
    CardPlace,
    Case,
    Comparison,
    Device,
    IdentitySource,
    Offer,
    Offers,
    Order,
    Payment,
    PaymentStatus,
    PrintEnd,
    Resumption,
    Travel,
)
from kiosk.session.phases import OutOfService, Phase
from kiosk.values import Language


@dataclass(frozen=True, slots=True)
class Ref:
    """Which effect of which visit an answer belongs to."""

    visit_id: str
    effect_id: int


@dataclass(frozen=True, slots=True)
class Pending:
    """An effect whose answer is awaited.

    ``kind`` is the effect's class name; a timer's is ``timer:NAME``.
    """

    effect_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything about one resident's stay, from Attract to Attract.

    ``boot`` names the run of the program, so that ``id`` never repeats. ``liveness_doubted``
    after an alarm: from then on only a person who has seen the resident may accept. ``accepted_in``
    is the case whose decision identity rests on.
    """

    boot: str
    sequence: int = 0
    phase: Phase = field(default_factory=OutOfService)
    language: Language = Language.ZH_HANS
    card_place: CardPlace = CardPlace.OUT
    card: CardFacts | None = None
    offers: Offers | None = None
    chosen: Offer | None = None
    consented: bool = False
    tries: int = 0
    comparison: Comparison | None = None
    liveness_doubted: bool = False
    identity: IdentitySource | None = None
    accepted_in: str | None = None
    application: Application | None = None
    payment: Payment | None = None
    order: Order | None = None
    print_end: PrintEnd | None = None
    case: Case | None = None
    cases_opened: int = 0
    resumption: Resumption | None = None
    travel: Travel | None = None
    idle_warning: bool = False
    lost: tuple[Device, ...] = ()
    server_up: bool = True
    next_effect: int = 1
    pending: tuple[Pending, ...] = ()

    @property
    def id(self) -> str:
        """Return this visit's identifier, unique over all runs of this kiosk."""
        return f"{self.boot}-{self.sequence}"

    @property
    def settled(self) -> bool:
        """Say whether the application is paid, or free by rule."""
        paid = self.payment is not None and self.payment.status is PaymentStatus.PAID
        return paid or (self.application is not None and self.application.settled)

    @property
    def open_case(self) -> Case | None:
        """Return the case that staff have not decided yet."""
        return self.case if self.case is not None and self.case.decision is None else None

    def awaits(self, kind: str) -> bool:
        """Say whether an effect of this kind is unanswered."""
        return any(pending.kind == kind for pending in self.pending)

    def forget_person(self) -> "Visit":
        """Return the next visit: nothing of this one's person is in it."""
        return Visit(
            boot=self.boot,
            sequence=self.sequence + 1,
            phase=self.phase,
            lost=self.lost,
            server_up=self.server_up,
        )

    def changed(self, **changes: Any) -> "Visit":
        """Return the visit with other values in these fields.

        What ``dataclasses.replace`` does, in half its time: a visit changes several times a step.
        """
        return Visit(**{**dict(zip(_FIELDS, _values(self), strict=True)), **changes})


_FIELDS = tuple(each.name for each in fields(Visit))
_values = attrgetter(*_FIELDS)
