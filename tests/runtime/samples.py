"""A visit in the middle of things, of a fictitious resident."""

from datetime import date

from kiosk.session.effects import RewriteBack
from kiosk.session.facts import (
    Application,
    CardFacts,
    CardPlace,
    Offer,
    Offers,
    Order,
    Payment,
    PaymentStatus,
    Texts,
)
from kiosk.session.phases import Issue, IssueStage
from kiosk.session.visit import Pending, Visit

NUMBER = "C12345678"
TITLE = Texts("香港 个人旅游", "香港 個人旅遊", "Hong Kong, individual visit")
OFFER = Offer("hk", TITLE, TITLE, 1500)
ORDER = Order("o1", "E1", NUMBER, 7)


def printing(*, sequence: int = 3) -> Visit:
    """A paid visit whose back is being rewritten by effect 41."""
    return Visit(
        boot="boot",
        sequence=sequence,
        phase=Issue(IssueStage.PRINTING),
        card_place=CardPlace.INSIDE,
        card=CardFacts(NUMBER, "李晓明", date(1990, 1, 1), date(2034, 5, 20)),
        offers=Offers(True, False, False, (OFFER,), ()),
        chosen=OFFER,
        application=Application("a1", "A1", settled=False, identified=True),
        payment=Payment("p1", PaymentStatus.PAID, 1500, "pay"),
        order=ORDER,
        next_effect=42,
        pending=(Pending(41, RewriteBack.__name__),),
    )
