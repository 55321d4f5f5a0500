"""The world around a visit: what is pending, where the card is, and plausible answers.

The world knows nothing of the flow's rules. It remembers the asks it was given, answers them
with what such a device, server or clerk may say, and keeps the truth that the flow is judged by.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.effects import Ask, Cancel, Effect, StartTimer
from kiosk.session.facts import (
    Application,
    CardFacts,
    CardPlace,
    CardProblem,
    Case,
    CaseStage,
    ClosedOffer,
    Comparison,
    Decision,
    DecisionKind,
    Escalation,
    Offer,
    Offers,
    Order,
    ParkedCase,
    Payment,
    PaymentStatus,
    PrintEnd,
    Texts,
    Travel,
)
from kiosk.session.rules import Rules
from kiosk.session.visit import Ref
from kiosk.values import Reference, Score

T = TypeVar("T")
Pick = Callable[[Sequence[tuple[int, T]]], T]
"""Choose one of weighted values; the first is the plausible one."""

WORDS = Texts("请看镜头", "請看鏡頭", "Please look at the camera")
PAID_OFFER = Offer("hkg-1", WORDS, WORDS, 1500)
FREE_OFFER = Offer("reprint", WORDS, WORDS, 0, reprint_of="E1")
CLOSED_OFFER = ClosedOffer("mac-2", WORDS, WORDS)


@dataclass
class World:
    """Open asks, the card's real place, and the numbers given out."""

    rules: Rules
    open: dict[Ref, Ask] = field(default_factory=dict)
    gone: list[Ask] = field(default_factory=list)
    place: CardPlace = CardPlace.OUT
    cards: int = 0
    resumed: bool = False
    """Whether the visit has taken a case up, so that its portrait is compared with."""
    payments: dict[str, PaymentStatus] = field(default_factory=dict)

    def twin(self) -> "World":
        """Return a world like this one; what happens in it does not happen here."""
        return replace(
            self, open=dict(self.open), gone=list(self.gone), payments=dict(self.payments)
        )

    def take(self, effects: Sequence[Effect]) -> None:
        """Begin what the visit asks for, withdraw what it cancels."""
        for effect in effects:
            if isinstance(effect, Cancel):
                ref = Ref(effect.ref.visit_id, effect.effect_id)
                self.gone.append(self.open.pop(ref))
            elif isinstance(effect, Ask):
                self.open[effect.ref] = effect
        self.gone = self.gone[-8:]

    @property
    def timers(self) -> list[StartTimer]:
        """Return the timers that run, the shortest first."""
        timers = [ask for ask in self.open.values() if isinstance(ask, StartTimer)]
        return sorted(timers, key=lambda timer: timer.seconds)

    @property
    def asks(self) -> list[Ask]:
        """Return what is awaited besides timers."""
        return [ask for ask in self.open.values() if not isinstance(ask, StartTimer)]

    def card_number(self) -> str:
        """Return the number of the card that was put in last."""
        return f"C1{self.cards:07d}"

    def answer(self, ask: Ask, pick: Pick[Any]) -> ev.Answer:
        """Answer one ask; ``pick`` decides between what may happen."""
        make = ANSWERS[type(ask)]
        ref = ask.ref
        failed = ev.EffectFailed(ref, type(ask).__name__, "broken")
        options = make(self, ask, pick)
        if not isinstance(ask, StartTimer):
            options = [*options, (2, failed)]
        event: ev.Answer = pick(options)
        self._happened(ask, event)
        return event

    def _happened(self, ask: Ask, event: ev.Answer) -> None:
        more = isinstance(event, ev.FieldOccupied | ev.FieldCleared)
        match event:
            case ev.CardTakenIn():
                self.place = CardPlace.INSIDE
                self.cards += 1
                self.resumed = False
            case ev.CaseResumed():
                self.resumed = True
            case ev.TakeInFailed(place=place) | ev.CardMoved(place=place):
                self.place = place
            case ev.PaymentChanged(payment=payment):
                self.payments[payment.id] = payment.status
                pending = payment.status is PaymentStatus.PENDING
                more = pending and isinstance(ask, fx.StartPayment)
            case ev.CaseChanged(case=case):
                more = case.decision is None and case.stage is not CaseStage.CLOSED
            case _:
                pass
        if not more:
            self.gone.append(self.open.pop(ask.ref))


Options = list[tuple[int, ev.Answer]]


def _arm(world: World, ask: fx.ArmSlot, pick: Pick[Any]) -> Options:
    ref = ask.ref
    return [
        (80, ev.CardTakenIn(ref)),
        (5, ev.FieldOccupied(ref)),
        (5, ev.FieldCleared(ref)),
        (3, ev.TakeInFailed(ref, CardPlace.OUT, "timeout")),
        (2, ev.TakeInFailed(ref, CardPlace.AT_GATE, "jam")),
        (2, ev.TakeInFailed(ref, CardPlace.INSIDE, "jam")),
    ]


def _read(world: World, ask: fx.ReadCardFiles, pick: Pick[Any]) -> Options:
    problem = pick([(1, problem) for problem in CardProblem])
    if world.place is CardPlace.OUT:
        return [(1, ev.CardRefused(ask.ref, CardProblem.NO_ANSWER))]
    facts = CardFacts(world.card_number(), "LI XIAOMING", date(1990, 1, 1), date(2030, 1, 1))
    return [(94, ev.CardRead(ask.ref, facts)), (5, ev.CardRefused(ask.ref, problem))]


def _server(ref: Ref, code: str) -> Options:
    return [(2, ev.ServerRefused(ref, code)), (1, ev.ServerLost(ref))]


def _offers(world: World, ask: fx.FetchOffers, pick: Pick[Any]) -> Options:
    both = (PAID_OFFER, FREE_OFFER)

    def answer(open_: tuple[Offer, ...], *, found: bool = True, expired: bool = False) -> ev.Answer:
        return ev.OffersArrived(ask.ref, Offers(found, expired, False, open_, (CLOSED_OFFER,)))

    code = pick([(1, "no_record"), (1, "server_error")])
    return [
        (92, answer(both)),
        (2, answer(())),
        (2, answer((), found=False)),
        (1, answer(both, expired=True)),
        *_server(ask.ref, code),
    ]


def _parked(world: World, ask: fx.FindParked, pick: Pick[Any]) -> Options:
    waits = ParkedCase(f"old-{ask.card_number}", "A3", CaseStage.DECIDED, 4)
    return [
        (60, ev.ParkedFound(ask.ref, None)),
        (50, ev.ParkedFound(ask.ref, waits)),
        *_server(ask.ref, "bad_request"),
    ]


def _resume(world: World, ask: fx.ResumeCase, pick: Pick[Any]) -> Options:
    accepted = DecisionKind.IDENTITY_ACCEPTED
    kinds = [(6, accepted), (4, None), *((1, kind) for kind in DecisionKind)]
    kind = pick(kinds)
    stage = CaseStage.WAITING if kind is None else CaseStage.DECIDED
    decision = None if kind is None else Decision(kind, WORDS)
    usual = Escalation.PORTRAIT_NOT_MATCHED
    reason = pick([(6, usual), *((1, reason) for reason in Escalation)])
    case = Case(ask.case.id, reason, "A3", stage, 9, decision=decision, session=5)
    free = pick([(2, None), (2, False), (1, True)])
    offer = FREE_OFFER if free else PAID_OFFER
    paid = free is not None and pick([(2, True), (1, False)])
    seen = free is not None and pick([(3, False), (1, True)])  # by the counter
    application = None if free is None else Application("a-old", "A0", paid or seen, seen)
    own = None if application is None else offer
    code = pick([(1, code) for code in ("conflict", "already_issued", "not_found", "rate_limited")])
    portrait = pick([(4, True), (1, False)])
    travel = pick([(1, None), (1, Travel(None, "work"))])
    found = ev.CaseResumed(ask.ref, case, application, own, offer.code, portrait, travel)
    return [(60, found), (6, ev.ServerRefused(ask.ref, code)), (1, ev.ServerLost(ask.ref))]


def _same_person(world: World, ask: fx.JudgeSamePerson, pick: Pick[Any]) -> Options:
    same, other = (ev.SamePersonJudged(ask.ref, same, ask.case) for same in (True, False))
    return [(60, same), (12, other), *_server(ask.ref, "stale_token")]


def _references(world: World, ask: fx.PrepareReferences, pick: Pick[Any]) -> Options:
    ref = ask.ref
    return [
        (92, ev.ReferencesReady(ref, chip=True, record=True)),
        (1, ev.ReferencesReady(ref, chip=False, record=False)),
        (2, ev.ChipLost(ref, "no answer")),
        *_server(ref, "rate_limited"),
    ]


def _capture(world: World, ask: fx.StartCapture, pick: Pick[Any]) -> Options:
    lost, dark = ev.CaptureFailed(ask.ref, True), ev.CaptureFailed(ask.ref, False)
    return [(90, ev.Captured(ask.ref)), (7, dark), (1, lost)]


def _compare(world: World, ask: fx.CompareCapture, pick: Pick[Any]) -> Options:
    like = pick([(9, 9.0), (1, 1.0)]) if world.resumed else None
    scores = () if like is None else (Score(Reference.CASE, "fused", like, 5.0),)
    same = all(score.accepted for score in scores)

    def compared(matched: bool, **more: bool) -> ev.Answer:
        found = Comparison(matched and same, scores, (), "sface", "0" * 64, **more)
        return ev.Compared(ask.ref, found)

    return [
        (80, compared(True)),
        (9, compared(False, retry_helps=True)),
        (5, compared(False)),
        (2, compared(False, disagree=True)),
        (2, compared(False, no_reference=True)),
        (8, compared(True, liveness_alarm=True)),
        (3, compared(False, retry_helps=True, liveness_alarm=True)),
    ]


def _apply(world: World, ask: fx.MakeApplication, pick: Pick[Any]) -> Options:
    free = ask.offer_code == FREE_OFFER.code
    made = Application(f"a-{ask.ref.visit_id}-{ask.offer_code}", "A1", free, True)
    bare = Application(made.id, "A1", free, False)
    codes = ("not_eligible", "identity_missing", "no_record", "conflict")
    code = pick([(1, code) for code in codes])
    return [
        (94, ev.ApplicationMade(ask.ref, made)),
        (1, ev.ApplicationMade(ask.ref, bare)),
        *_server(ask.ref, code),
    ]


def _payment(ref: Ref, payment_id: str, status: PaymentStatus) -> ev.Answer:
    return ev.PaymentChanged(ref, Payment(payment_id, status, 1500, "pay://1"))


def _pay(world: World, ask: fx.StartPayment, pick: Pick[Any]) -> Options:
    ref, number = ask.ref, f"p-{ask.application_id}"
    paid, pending = PaymentStatus.PAID, PaymentStatus.PENDING
    if world.payments.get(number) is paid:
        return [(9, _payment(ref, number, paid)), *_server(ref, "conflict")]
    return [
        (60, _payment(ref, number, paid)),
        (30, _payment(ref, number, pending)),
        (5, _payment(ref, number, PaymentStatus.FAILED)),
        (2, _payment(ref, number, PaymentStatus.CANCELLED)),
        *_server(ref, "conflict"),
    ]


def _cancel(world: World, ask: fx.CancelPayment, pick: Pick[Any]) -> Options:
    states = (PaymentStatus.CANCELLED, PaymentStatus.PAID, PaymentStatus.PENDING)
    return [
        *((9, _payment(ask.ref, ask.payment_id, status)) for status in states),
        *_server(ask.ref, "conflict"),
    ]


def _order(world: World, ask: fx.MakeOrder, pick: Pick[Any]) -> Options:
    order = Order(f"o-{ask.application_id}", "E2", ask.card_number, 1)
    other = Order(f"x-{ask.application_id}", "E2", "C19999999", 1)
    return [
        (92, ev.OrderMade(ask.ref, order)),
        (8, ev.OrderMade(ask.ref, other)),
        (1, ev.ServerRefused(ask.ref, "already_issued")),
        *_server(ask.ref, "conflict"),
    ]


def _same(world: World, ask: fx.CheckSameCard, pick: Pick[Any]) -> Options:
    there = world.place is CardPlace.INSIDE and ask.card_number == world.card_number()
    other = ev.CardChecked(ask.ref, False)
    return [(95, ev.CardChecked(ask.ref, True)), (4, other)] if there else [(1, other)]


def _print(world: World, ask: fx.RewriteBack, pick: Pick[Any]) -> Options:
    ends = [(90, PrintEnd.PRINTED), (4, PrintEnd.FAILED), (4, PrintEnd.UNKNOWN)]
    if world.place is not CardPlace.INSIDE:
        ends = ends[1:]
    return [(weight, ev.BackPrinted(ask.ref, end, False, "device")) for weight, end in ends]


def _paper(world: World, ask: Ask, pick: Pick[Any]) -> Options:
    return [(9, ev.PaperPrinted(ask.ref, True)), (1, ev.PaperPrinted(ask.ref, False))]


def _moved(world: World, ask: Ask, pick: Pick[Any], *weights: tuple[int, CardPlace]) -> Options:
    if world.place is CardPlace.OUT:
        return [(1, ev.CardMoved(ask.ref, CardPlace.OUT))]
    return [(weight, ev.CardMoved(ask.ref, place)) for weight, place in weights]


def _eject(world: World, ask: fx.EjectCard, pick: Pick[Any]) -> Options:
    gate, inside = (80, CardPlace.AT_GATE), (8, CardPlace.INSIDE)
    return _moved(world, ask, pick, gate, (5, CardPlace.OUT), inside)


def _gate(world: World, ask: fx.WatchGate, pick: Pick[Any]) -> Options:
    gate, inside = (4, CardPlace.AT_GATE), (4, CardPlace.INSIDE)
    return _moved(world, ask, pick, (90, CardPlace.OUT), gate, inside)


def _draw(world: World, ask: fx.DrawCardIn, pick: Pick[Any]) -> Options:
    gate, inside = (9, CardPlace.AT_GATE), (9, CardPlace.INSIDE)
    return _moved(world, ask, pick, (60, CardPlace.HELD), gate, inside, (5, CardPlace.OUT))


def _case(world: World, ask: fx.WatchCase | fx.FollowCase, pick: Pick[Any]) -> Options:
    kinds = [
        (60, DecisionKind.IDENTITY_ACCEPTED),
        (20, DecisionKind.NEW_PORTRAIT),
        (9, DecisionKind.RECORD_LINKED),
        (9, DecisionKind.ELIGIBILITY_GRANTED),
        (4, DecisionKind.TO_COUNTER),
        (4, DecisionKind.REFUSED),
    ]
    kind = pick(kinds)
    case = ask.case

    def news(stage: CaseStage, decision: Decision | None = None) -> ev.Answer:
        return ev.CaseChanged(
            ask.ref,
            replace(case, ticket="A7", stage=stage, version=case.version + 1, decision=decision),
        )

    return [
        (60, news(CaseStage.DECIDED, Decision(kind, WORDS))),
        (20, news(CaseStage.WAITING)),
        (9, news(CaseStage.CLAIMED)),
        (2, news(CaseStage.CLOSED)),
        *_server(ask.ref, "rate_limited"),
    ]


ANSWERS: dict[type[Ask], Callable[[World, Any, Pick[Any]], Options]] = {
    fx.ArmSlot: _arm,
    fx.ReadCardFiles: _read,
    fx.FindParked: _parked,
    fx.ResumeCase: _resume,
    fx.JudgeSamePerson: _same_person,
    fx.FetchOffers: _offers,
    fx.PrepareReferences: _references,
    fx.StartCapture: _capture,
    fx.CompareCapture: _compare,
    fx.MakeApplication: _apply,
    fx.StartPayment: _pay,
    fx.CancelPayment: _cancel,
    fx.MakeOrder: _order,
    fx.CheckSameCard: _same,
    fx.RewriteBack: _print,
    fx.PrintReceipt: _paper,
    fx.PrintTicket: _paper,
    fx.EjectCard: _eject,
    fx.WatchGate: _gate,
    fx.DrawCardIn: _draw,
    fx.WatchCase: _case,
    fx.FollowCase: _case,
    fx.StartTimer: lambda world, ask, pick: [(1, ev.TimeUp(ask.ref, ask.timer))],
}
