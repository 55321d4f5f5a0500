"""What must hold at every step of every visit, judged by what the world really said."""

from dataclasses import dataclass, field, replace

from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.effects import Ask, Effect
from kiosk.session.facts import (
    CardPlace,
    CaseStage,
    DecisionKind,
    Escalation,
    PaymentStatus,
    PrintEnd,
)
from kiosk.session.flow import Reception
from kiosk.session.phases import Issue, IssueStage
from kiosk.session.visit import Visit
from tests.session.world import World

IDLE = {"timer:idle", "timer:idle_warning"}
BELONGS: dict[str, set[str]] = {
    "out_of_service": set(),
    "attract": {"ArmSlot", "timer:rearm", "timer:insert_card"},
    "insert_card": {"ArmSlot", "timer:rearm", "timer:insert_card"},
    "read_card": {"ReadCardFiles", "FindParked", "timer:find_parked", "FetchOffers"},
    "welcome_back": {"ResumeCase", *IDLE},
    "bad_card": {"timer:bad_card"},
    "offers": IDLE,
    "notice": IDLE,
    "portrait": {"PrepareReferences", "StartCapture"},
    "compare": {"CompareCapture", "JudgeSamePerson"},
    "confirm": {"MakeApplication", *IDLE},
    "pay": {"StartPayment", "CancelPayment", *IDLE},
    "issue": {"MakeOrder", "CheckSameCard", "RewriteBack"},
    "receipt": {"PrintReceipt", "timer:receipt"},
    "take_card": {
        "EjectCard",
        "WatchGate",
        "DrawCardIn",
        "timer:take_card",
        "timer:eject_again",
    },
    "escalated": {"WatchCase", "FollowCase", "timer:keep_card", "timer:wait_without_card"},
    "leaving": {"PrintTicket", "timer:receipt", "timer:leaving"},
    "card_held": {"WatchGate", "timer:eject_again"},
}
"""Which pending effects a phase may have."""

TAKEN_UP = 5
"""The session that every case is in once the world has let a visit take it up."""

NOBODY = ("attract", "insert_card", "out_of_service")


@dataclass
class Truth:
    """What really happened in one visit."""

    card_number: str | None = None
    agreed: bool = False
    identified: bool = False
    doubted: bool = False
    settled: bool = False
    paid: bool = False
    same_card: bool = False
    orders: set[str] = field(default_factory=set)
    printed: list[str] = field(default_factory=list)
    issued: bool = False
    issued_elsewhere: bool = False
    known_cases: set[str] = field(default_factory=set)
    taken_up: str | None = None
    parked_again: bool = False
    held_reported: bool = False
    had_card: bool = False
    ended: list[fx.EndVisit] = field(default_factory=list)

    def hear(self, before: Visit, event: ev.Event) -> None:
        """Note what an event that was not dropped says."""
        self._hear_server(event)
        match event:
            case ev.Started(place=CardPlace.HELD):
                self.held_reported = True  # by the visit that held it, before the restart
            case ev.CardRead(card=card):
                self.card_number = card.number
            case ev.Touched(button=ev.Button.AGREE) if before.phase.name == "notice":
                self.agreed = True
            case ev.CardChecked(same=same):
                self.same_card = same
            case ev.BackPrinted(end=end):
                self.issued = end is PrintEnd.PRINTED
            case ev.Compared(comparison=found):
                self.doubted = self.doubted or found.liveness_alarm
                matched = found.matched and not found.no_reference and not self.doubted
                self.identified = self.identified or matched
            case _:
                pass

    def _hear_server(self, event: ev.Event) -> None:
        match event:
            case ev.ApplicationMade(application=application):
                self.settled = application.settled
            case ev.PaymentChanged(payment=payment):
                self.paid = payment.status is PaymentStatus.PAID
                self.settled = self.settled or self.paid
            case ev.ServerRefused(code="already_issued"):
                self.issued_elsewhere = True
            case ev.OrderMade(order=order):
                if order.card_number == self.card_number:
                    self.orders.add(order.id)
            case ev.CaseResumed(case=case, application=application):
                self.taken_up = case.id
                self.known_cases.add(case.id)
                if application is not None:
                    self.settled = application.settled
                    # The counter saw the person itself; all others must show their face first.
                    self.identified = application.identified
            case ev.SamePersonJudged(same=same, case=case):
                decided = case.decision is not None and case.decision.kind
                accepted = self.identified or decided is DecisionKind.IDENTITY_ACCEPTED
                self.identified = same and accepted  # another face takes back a match as well
            case ev.CaseChanged(case=case):
                self.known_cases.add(case.id)
                decided = case.decision is not None and case.decision.kind
                self.identified = self.identified or decided is DecisionKind.IDENTITY_ACCEPTED
            case _:
                pass


@dataclass
class Watch:
    """Follow every step and fail at the first one that breaks a rule."""

    world: World
    truth: Truth = field(default_factory=Truth)

    def saw(
        self,
        before: Visit,
        event: ev.Event,
        after: Visit,
        effects: tuple[Effect, ...],
        reception: Reception,
    ) -> None:
        """Check one step."""
        if reception is Reception.DROPPED:
            assert after == before, "a dropped answer changed the visit"
            assert effects == (), "a dropped answer had effects"
        else:
            self.truth.hear(before, event)
        assert reception is not Reception.UNFORESEEN, f"unforeseen {event} in {before.phase}"
        foreign = isinstance(event, ev.Answer) and event.ref.visit_id != before.id
        assert not foreign or reception is Reception.DROPPED, "another visit's answer was taken"
        self._asked(before, effects)
        self._untouchable(before, event, after, effects)
        self._alarm_leads_to_a_person(event, after, effects, reception)
        self._no_hot_loop(event, effects)
        self.truth.had_card |= self.world.place is not CardPlace.OUT
        if after.sequence != before.sequence:
            self._ended(before, after)
            self.truth = Truth()
        self._pending(after)
        self._place(after)
        self._nobody(after)

    def _asked(self, before: Visit, effects: tuple[Effect, ...]) -> None:
        truth = self.truth
        for effect in effects:
            match effect:
                case fx.RewriteBack(order=order):
                    assert order.id in truth.orders, "print without an order for this card"
                    assert order.id not in truth.printed, "one order printed twice"
                    assert truth.same_card, "print on a card that was not checked"
                    truth.printed.append(order.id)
                    truth.same_card = False
                case fx.MakeOrder():
                    assert truth.identified, "order without identity"
                    assert truth.settled, "order without settlement"
                case fx.PrepareReferences() | fx.StartCapture() | fx.CompareCapture():
                    assert truth.agreed, "face data before consent"
                case fx.ReportCase(case=case):
                    truth.known_cases.add(case.id)
                    held = case.reason is Escalation.CARD_HELD
                    truth.held_reported = truth.held_reported or held
                case fx.LeaveCase(case_id=case_id, session=session):
                    mine = case_id == truth.taken_up
                    assert not mine or session == TAKEN_UP, "a message of an earlier session"
                    truth.parked_again |= mine
                case fx.FollowCase(case=case) | fx.JudgeSamePerson(case=case):
                    assert case.id == truth.taken_up, "a case that was not taken up"
                case fx.SendTravel(case_id=case_id, session=session):
                    mine = case_id == truth.taken_up
                    assert not mine or session == TAKEN_UP, "a message of an earlier session"
                case fx.EndVisit():
                    truth.ended.append(effect)
                case _:
                    pass

    @staticmethod
    def _untouchable(
        before: Visit, event: ev.Event, after: Visit, effects: tuple[Effect, ...]
    ) -> None:
        printing = before.phase == Issue(IssueStage.PRINTING)
        touch = isinstance(event, ev.Touched | ev.OfferTouched | ev.TravelTold | ev.LanguageChosen)
        if printing and touch:
            assert after.phase == before.phase, "a touch left the print"
            assert after.pending == before.pending, "a touch disturbed the print"
            assert all(isinstance(effect, fx.ReportCase) for effect in effects)

    def _alarm_leads_to_a_person(
        self, event: ev.Event, after: Visit, effects: tuple[Effect, ...], reception: Reception
    ) -> None:
        """An alarm, and every comparison after it in the visit, is for a person."""
        compared = isinstance(event, ev.Compared) and reception is not Reception.DROPPED
        if not compared or not self.truth.doubted:
            return
        told = [e for e in effects if isinstance(e, fx.WatchCase | fx.ReportCase)]
        reasons = {effect.case.reason for effect in told}
        assert reasons == {Escalation.LIVENESS_ALARM}, "a liveness alarm led to no person"
        assert after.phase.name in ("escalated", "leaving", "take_card"), "alarm and still going on"

    @staticmethod
    def _no_hot_loop(event: ev.Event, effects: tuple[Effect, ...]) -> None:
        if isinstance(event, ev.EffectFailed):
            asked = [type(effect).__name__ for effect in effects if isinstance(effect, Ask)]
            assert event.kind not in asked, f"{event.kind} failed and was asked again at once"

    def _ended(self, before: Visit, after: Visit) -> None:
        truth, place = self.truth, self.world.place
        assert place in (CardPlace.OUT, CardPlace.HELD), f"visit ended, card is {place}"
        if place is CardPlace.HELD:
            assert truth.held_reported, "a held card was not reported"
            self.world.place = CardPlace.OUT
        assert truth.ended or not truth.had_card, "the end of a visit was not told"
        if truth.paid and not truth.issued and not truth.issued_elsewhere:
            told = [end for end in truth.ended if end.application_id or end.case_id]
            assert told, "paid, not issued, and nobody was told"
        if truth.taken_up is not None and not truth.issued:
            assert truth.parked_again, "what was taken up does not wait for its resident"
        for end in truth.ended:
            unknown = end.case_id is not None and end.case_id not in truth.known_cases
            assert not unknown, "a case never reached the server"

    def _pending(self, visit: Visit) -> None:
        kinds = {pending.kind for pending in visit.pending}
        strangers = kinds - BELONGS[visit.phase.name]
        assert not strangers, f"{strangers} pending in {visit.phase.name}"
        assert len(kinds) == len(visit.pending), f"twice pending: {visit.pending}"
        mine = {ref.effect_id for ref in self.world.open}
        assert mine == {pending.effect_id for pending in visit.pending}, "pending disagrees"
        assert kinds or visit.phase.name == "out_of_service", f"dead end in {visit.phase}"

    def _place(self, visit: Visit) -> None:
        if visit.phase.name == "card_held":
            assert visit.card_place is CardPlace.HELD, "card_held without a held card"
            assert self.truth.held_reported, "a held card was not reported"
        elif visit.phase.name == "take_card" and visit.card_place is CardPlace.HELD:
            assert self.truth.held_reported, "a held card was not reported"  # released, not out yet
        elif self.world.place is not CardPlace.OUT:  # OUT may not be known yet: card pulled
            assert visit.card_place is self.world.place, (
                f"card is {self.world.place}, visit says {visit.card_place}"
            )

    @staticmethod
    def _nobody(visit: Visit) -> None:
        if visit.phase.name not in NOBODY:
            return
        fresh = replace(
            Visit(visit.boot, visit.sequence),
            phase=visit.phase,
            language=visit.language,
            lost=visit.lost,
            server_up=visit.server_up,
            pending=visit.pending,
            next_effect=visit.next_effect,
        )
        if visit.phase.name == "out_of_service":
            assert visit.case is None or visit.case.stage is CaseStage.SENDING
            fresh = replace(fresh, case=visit.case, cases_opened=visit.cases_opened)
        assert visit == fresh, f"something of a person is left in {visit.phase.name}"
