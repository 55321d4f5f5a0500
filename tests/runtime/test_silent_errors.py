"""What goes wrong beside the loop is told without what it was about: that may name a resident."""

import logging
import queue

import pytest
from pydantic import ValidationError

from backend_client.contract import ChipProof, OffersRequest, picture
from devices.errors import DeviceTimeout
from devices.travel_document.errors import ChipDataError
from kiosk.runtime.reply import Handler, Reply
from kiosk.runtime.workers import Asks
from kiosk.session.effects import Ask, Effect, FetchOffers
from kiosk.session.events import EffectFailed, Event
from kiosk.session.visit import Ref

NUMBER = "D1234567890"  # no permit's number, so the contract refuses it


def request() -> OffersRequest:
    proof = ChipProof(dg1=picture(b"files"), sod=None)
    return OffersRequest(visit_id="v1", card_number=NUMBER, proof=proof)


def refused_by_the_contract(ask: Ask, reply: Reply) -> None:
    request()


def broken(ask: Ask, reply: Reply) -> None:
    raise KeyError(NUMBER)


def unreadable(ask: Ask, reply: Reply) -> None:
    raise ChipDataError(f"parse_mrz: no date in {NUMBER}")


def silent(ask: Ask, reply: Reply) -> None:
    raise DeviceTimeout("the reader does not answer")


def failure_of(handler: Handler) -> EffectFailed:
    posted: queue.Queue[Event] = queue.Queue()
    handlers: dict[type[Effect], Handler] = {FetchOffers: handler}
    Asks(handlers, posted.put).begin(FetchOffers(Ref("v1", 1), NUMBER, None))
    failed = posted.get(timeout=5)
    assert isinstance(failed, EffectFailed)
    return failed


def test_the_contract_does_not_repeat_what_it_refuses() -> None:
    with pytest.raises(ValidationError) as caught:
        request()
    assert "card_number" in str(caught.value)
    assert NUMBER not in str(caught.value)


@pytest.mark.parametrize("handler", [refused_by_the_contract, broken, unreadable])
def test_neither_event_nor_log_holds_the_value(
    handler: Handler, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        failed = failure_of(handler)
    assert failed.detail in ("ValidationError", "KeyError", "ChipDataError")
    assert NUMBER not in caplog.text
    assert handler.__name__ in caplog.text, "the log says where"


def test_a_device_may_say_what_it_is() -> None:
    assert failure_of(silent).detail == "DeviceTimeout: the reader does not answer"
