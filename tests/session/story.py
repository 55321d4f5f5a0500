"""One visit, told step by step: every answer is given by name, every step is watched."""

from datetime import date
from typing import Any, TypeVar

from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.effects import Ask, Effect
from kiosk.session.events import Button
from kiosk.session.facts import (
    Application,
    CardFacts,
    CardPlace,
    CardProblem,
    Case,
    CaseStage,
    Comparison,
    Decision,
    DecisionKind,
    Device,
    Offers,
    Order,
    ParkedCase,
    Payment,
    PaymentStatus,
    PrintEnd,
    Texts,
)
from kiosk.session.flow import Reception, receive
from kiosk.session.rules import Rules
from kiosk.session.visit import Visit
from tests.session.invariants import Watch
from tests.session.world import CLOSED_OFFER, FREE_OFFER, PAID_OFFER, World

CARD = CardFacts("C12345678", "LI XIAOMING", date(1990, 1, 1), date(2030, 1, 1))
E = TypeVar("E", bound=Effect)


class Story:
    """A visit from Attract on; the methods are what people and machines do."""

    def __init__(self, *, has_bin: bool = False, place: CardPlace = CardPlace.OUT) -> None:
        self.rules = Rules(slot_has_bin=has_bin)
        self.visit = Visit("boot")
        self.world = World(self.rules, place=place)
        self.watch = Watch(self.world)
        self.told: list[Effect] = []
        self.phases = ["out_of_service"]
        self.happens(ev.Started(place))

    # -- machinery -----------------------------------------------------------------------------
    def happens(self, event: ev.Event) -> Reception:
        """Let one thing happen, watched."""
        before = self.visit
        self.visit, effects, reception = receive(before, event, self.rules)
        self.world.take(effects)
        self.told += effects
        self.watch.saw(before, event, self.visit, effects, reception)
        if self.phase != self.phases[-1]:
            self.phases.append(self.phase)
        return reception

    def pending(self, kind: type[Ask]) -> Ask:
        """Return the one effect of this kind that is awaited."""
        (ask,) = (ask for ask in self.world.open.values() if type(ask) is kind)
        return ask

    def answers(
        self, kind: type[Ask], event: type[ev.Answer], *args: Any, last: bool = True
    ) -> None:
        """Answer the effect of this kind."""
        ask = self.pending(kind)
        if last:
            del self.world.open[ask.ref]
        answer = event(ask.ref, *args)
        if isinstance(answer, ev.CardMoved | ev.TakeInFailed):
            self.world.place = answer.place
        assert self.happens(answer) is Reception.HANDLED

    def fails(self, kind: type[Ask]) -> None:
        """End the effect of this kind by an exception."""
        self.answers(kind, ev.EffectFailed, kind.__name__, "broken")

    def time_passes(self, timer: str) -> None:
        """Let this timer run out."""
        (ask,) = (ask for ask in self.world.timers if ask.timer == timer)
        del self.world.open[ask.ref]
        self.happens(ev.TimeUp(ask.ref, timer))

    def asked(self, kind: type[E]) -> list[E]:
        """Return every effect of this kind so far."""
        return [effect for effect in self.told if isinstance(effect, kind)]

    @property
    def phase(self) -> str:
        """Return the name of the phase."""
        return self.visit.phase.name

    @property
    def ending(self) -> fx.EndVisit:
        """Return how the last visit ended."""
        return self.asked(fx.EndVisit)[-1]

    # -- what the resident does ----------------------------------------------------------------
    def touches(self, button: Button) -> None:
        self.happens(ev.Touched(button))

    def inserts_card(self) -> None:
        self.world.place = CardPlace.INSIDE
        self.answers(fx.ArmSlot, ev.CardTakenIn)

    def chooses(self, code: str = PAID_OFFER.code) -> None:
        self.happens(ev.OfferTouched(code))
        self.touches(Button.NEXT)

    def takes_card(self) -> None:
        self.answers(fx.WatchGate, ev.CardMoved, CardPlace.OUT)

    # -- what the machine says -----------------------------------------------------------------
    def card_is_read(self, waits: ParkedCase | None = None) -> None:
        self.answers(fx.ReadCardFiles, ev.CardRead, CARD)
        self.answers(fx.FindParked, ev.ParkedFound, waits)

    def card_is_refused(self, problem: CardProblem) -> None:
        self.answers(fx.ReadCardFiles, ev.CardRefused, problem)

    def looks_at_camera(self, **comparison: bool) -> None:
        self.answers(fx.PrepareReferences, ev.ReferencesReady, True, True)
        self.answers(fx.StartCapture, ev.Captured)
        found = {"matched": False, **comparison}
        answer = Comparison(scores=(), measures=(), model="sface", model_sha256="0" * 64, **found)
        self.answers(fx.CompareCapture, ev.Compared, answer)

    def same_card_answers(self, same: bool = True) -> None:
        self.answers(fx.CheckSameCard, ev.CardChecked, same)

    def prints(self, end: PrintEnd = PrintEnd.PRINTED) -> None:
        self.answers(fx.RewriteBack, ev.BackPrinted, end, False, "device")

    def receipt_comes(self, printed: bool = True) -> None:
        self.answers(fx.PrintReceipt, ev.PaperPrinted, printed)

    def ticket_comes(self, printed: bool = True) -> None:
        self.answers(fx.PrintTicket, ev.PaperPrinted, printed)

    def card_comes_out(self) -> None:
        self.answers(fx.EjectCard, ev.CardMoved, CardPlace.AT_GATE)

    def loses(self, device: Device) -> None:
        self.happens(ev.DeviceChanged(device, usable=False))

    # -- what the server and its people say ----------------------------------------------------
    def offers_come(self, *open_: Any, **facts: bool) -> None:
        found = {"record_found": True, "permit_expired": False, "under_14": False, **facts}
        offers = Offers(open=open_, closed=(CLOSED_OFFER,), **found)
        self.answers(fx.FetchOffers, ev.OffersArrived, offers)

    def application_made(self, *, settled: bool = False) -> None:
        application = Application("a1", "A1", settled, True)
        self.answers(fx.MakeApplication, ev.ApplicationMade, application)

    def payment_is(self, status: PaymentStatus, kind: type[Ask] = fx.StartPayment) -> None:
        last = kind is fx.CancelPayment or status is not PaymentStatus.PENDING
        payment = Payment("p1", status, 1500, "pay://1")
        self.answers(kind, ev.PaymentChanged, payment, last=last)

    def order_made(self, card_number: str = CARD.number) -> None:
        self.answers(fx.MakeOrder, ev.OrderMade, Order("o1", "E2", card_number, 1))

    def server_lost(self) -> None:
        self.happens(ev.ServerChanged(up=False))

    def server_back(self) -> None:
        self.happens(ev.ServerChanged(up=True))

    def staff_have_it(self) -> None:
        self._case(CaseStage.CLAIMED, None)

    def staff_decide(self, kind: DecisionKind, words: Texts | None = None) -> None:
        self._case(CaseStage.DECIDED, Decision(kind, words))

    def _case(self, stage: CaseStage, decision: Decision | None) -> None:
        case = self.visit.case
        assert case is not None
        news = Case(case.id, case.reason, "A7", stage, case.version + 1, decision=decision)
        self.answers(fx.WatchCase, ev.CaseChanged, news, last=decision is not None)

    # -- the way, in larger steps --------------------------------------------------------------
    def comes_to_offers(self) -> "Story":
        self.touches(Button.START)
        self.inserts_card()
        self.card_is_read()
        self.offers_come(PAID_OFFER, FREE_OFFER)
        return self

    def comes_to_notice(self, code: str = PAID_OFFER.code) -> "Story":
        self.comes_to_offers().chooses(code)
        return self

    def comes_to_portrait(self, code: str = PAID_OFFER.code) -> "Story":
        self.comes_to_notice(code).touches(Button.AGREE)
        return self

    def comes_to_confirm(self, code: str = PAID_OFFER.code) -> "Story":
        self.comes_to_portrait(code).looks_at_camera(matched=True)
        return self

    def comes_to_pay(self) -> "Story":
        self.comes_to_confirm().confirms_and_pays(pay=False)
        return self

    def comes_to_issue(self) -> "Story":
        self.comes_to_confirm().confirms_and_pays()
        return self

    def comes_to_printing(self) -> "Story":
        self.comes_to_issue().order_made()
        self.same_card_answers()
        return self

    def confirms_and_pays(self, *, pay: bool = True) -> None:
        self.touches(Button.CONFIRM)
        self.application_made()
        self.payment_is(PaymentStatus.PENDING)
        if pay:
            self.payment_is(PaymentStatus.PAID)

    def is_issued(self) -> None:
        """Go from the order to the end."""
        self.order_made()
        self.same_card_answers()
        self.prints()
        self.receipt_comes()
        self.gets_card_back()

    def gets_card_back(self) -> None:
        self.card_comes_out()
        self.takes_card()
