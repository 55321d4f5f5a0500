"""The kiosk's example screens show offers as this server makes them from the shipped table."""

from datetime import date

from backend.config import hall
from backend.endorsements.rules import new_endorsement, possible_today
from backend.records.source import Held, Record
from kiosk.runtime.translate import texts
from kiosk.session.facts import Offer
from kiosk.ui import examples

TODAY = examples.NOW.date()
SHOWN = (*examples.OFFERS.open, *examples.MORE_OFFERS)


def record_holding(code: str, number: str) -> Record:
    config = hall().offers
    form = config.find(code)
    held = new_endorsement(form, config, number, TODAY)
    return Record(
        card_number="C12345678",
        valid_until=date(2034, 5, 20),
        born=date(1990, 1, 1),
        city="广州",
        facts=frozenset(),
        cancelled=False,
        held=(Held(held, form.kind, used_up=False, faded=True),),
        has_portrait=True,
    )


def made(code: str, number: str = "E1") -> Offer:
    """Return an offer as the kiosk gets it for someone whose visit to Macao has faded."""
    found = possible_today(record_holding("G-MAC-1Y-1", number), hall().offers, TODAY, (code,))
    offer = found.find(code)
    title, detail = texts(offer.title), texts(offer.detail)
    return Offer(offer.code, title, detail, offer.fee_fen, offer.reprint_of)


def test_the_examples_are_what_the_server_makes():
    assert [made(offer.code) for offer in SHOWN] == list(SHOWN)


def test_a_reprint_is_called_what_is_printed_again_and_says_free_nowhere():
    reprint = made("REPRINT-E1")
    assert reprint.title.en == "Macao, individual visit"
    assert "免费" not in reprint.title.zh_hans + reprint.detail.zh_hans
    assert "free" not in (reprint.title.en + reprint.detail.en).lower()
