"""Handlers that answer at once as a machine would where everything goes well.

For tests of the loop itself: they stand where a machine's handlers stand and speak the same
events. ``answers`` may be replaced one by one; ``told`` collects what was told, in order.
"""

import queue
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.runtime.reply import Handler, Reply
from kiosk.session import effects, events, facts
from kiosk.session.effects import Ask, Effect, Tell
from tests.runtime.samples import NUMBER, OFFER, ORDER, printing

CARD = printing().card
PAID = facts.Payment("p1", facts.PaymentStatus.PAID, 1500, "pay")
MATCHED = facts.Comparison(True, (), (), "fused", "0" * 64)


def _waits_for_cancel(ask: Ask, reply: Reply) -> None:
    reply.cancelled.wait(20)


def _answers(ask: Ask) -> events.Event:  # noqa: C901 - one line for each effect
    ref = ask.ref
    match ask:
        case effects.ReadCardFiles():
            assert CARD is not None
            return events.CardRead(ref, CARD)
        case effects.FindParked():
            return events.ParkedFound(ref, None)
        case effects.FetchOffers():
            return events.OffersArrived(ref, facts.Offers(True, False, False, (OFFER,), ()))
        case effects.PrepareReferences():
            return events.ReferencesReady(ref, chip=True, record=True)
        case effects.StartCapture():
            return events.Captured(ref)
        case effects.CompareCapture():
            return events.Compared(ref, MATCHED)
        case effects.MakeApplication():
            return events.ApplicationMade(ref, facts.Application("a1", "A1", False, True))
        case effects.StartPayment() | effects.CancelPayment():
            return events.PaymentChanged(ref, PAID)
        case effects.MakeOrder():
            return events.OrderMade(ref, ORDER)
        case effects.CheckSameCard(card_number=number):
            return events.CardChecked(ref, same=number == NUMBER)
        case effects.RewriteBack():
            return events.BackPrinted(ref, facts.PrintEnd.PRINTED, inspected=True, detail="")
        case effects.PrintReceipt() | effects.PrintTicket():
            return events.PaperPrinted(ref, printed=True)
        case effects.EjectCard():
            return events.CardMoved(ref, facts.CardPlace.AT_GATE)
        case effects.WatchGate():
            return events.CardMoved(ref, facts.CardPlace.OUT)
        case effects.DrawCardIn():
            return events.CardMoved(ref, facts.CardPlace.HELD)
        case _:
            raise AssertionError(f"nothing answers {ask}")


@dataclass
class EasyHandlers:
    insert: queue.Queue[None] = field(default_factory=queue.Queue)
    told: list[Tell] = field(default_factory=list)
    instead: dict[type[Effect], Handler] = field(default_factory=dict)

    def table(self) -> dict[type[Effect], Handler]:
        asks = [kind for kind in _leaves(Ask) if kind is not effects.StartTimer]
        tells = [kind for kind in _leaves(Tell) if kind is not effects.Cancel]
        return dict.fromkeys(asks, self._ask) | dict.fromkeys(tells, self._tell)

    def _ask(self, ask: Ask, reply: Reply) -> None:
        if type(ask) in self.instead:
            self.instead[type(ask)](ask, reply)
        elif isinstance(ask, effects.ArmSlot):
            self._arm(ask, reply)
        elif isinstance(ask, effects.WatchCase | effects.FollowCase):
            _waits_for_cancel(ask, reply)
        else:
            reply.send(_answers(ask))

    def _arm(self, ask: Ask, reply: Reply) -> None:
        while not reply.cancelled.is_set():
            try:
                self.insert.get(timeout=0.01)
            except queue.Empty:
                continue
            reply.send(events.CardTakenIn(ask.ref))
            return

    def _tell(self, tell: Tell, reply: Reply) -> None:
        self.told.append(tell)


def _leaves(base: type[Effect]) -> list[type[Effect]]:
    kinds: list[type[Effect]] = [
        kind
        for kind in vars(effects).values()
        if isinstance(kind, type) and issubclass(kind, base) and kind is not base
    ]
    return kinds


Condition = Callable[[], bool]
