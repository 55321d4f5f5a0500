"""Screens of visits as the session itself makes them, step by step."""

from dataclasses import replace

import pytest

from kiosk.session import events as ev
from kiosk.session import phases
from kiosk.session.events import Button
from kiosk.session.facts import PaymentStatus
from kiosk.session.visit import Visit
from kiosk.ui import examples
from kiosk.ui.page import Code, Note, Page
from kiosk.ui.texts import issue, portrait
from kiosk.ui.view import view
from tests.ui.session_way import VISITS, after, at_the_code, awaited


def shown(visit: Visit) -> Page:
    return view(visit, examples.scene())


def notes(visit: Visit) -> list[str]:
    return [part.text for part in shown(visit).parts if isinstance(part, Note)]


def captures(visit: Visit) -> Visit:
    return after(visit, ev.ReferencesReady(awaited(visit, "PrepareReferences"), True, True))


def test_only_a_second_capture_is_once_more():
    first = after(replace(VISITS["07-notice"], tries=0), ev.Touched(Button.AGREE))
    assert isinstance(first.phase, phases.Portrait)
    assert notes(first) == []
    first = captures(first)
    assert notes(first) == []
    second = after(first, ev.CaptureFailed(awaited(first, "StartCapture"), camera_lost=False))
    assert isinstance(second.phase, phases.Portrait)
    assert notes(captures(second)) == [portrait.AGAIN.zh_hans]


@pytest.mark.parametrize("ended", [PaymentStatus.CANCELLED, PaymentStatus.FAILED])
def test_a_code_that_is_spent_is_replaced_by_one_touch(ended):
    paying = at_the_code()
    (code,) = (part for part in shown(paying).parts if isinstance(part, Code))
    gone = replace(paying.payment, status=ended)
    spent = after(paying, ev.PaymentChanged(awaited(paying, "StartPayment"), gone))
    page = shown(spent)
    assert not any(isinstance(part, Code) for part in page.parts)
    assert page.title == issue.PAY_ENDED.zh_hans
    assert page.exit is not None
    assert page.main.enabled
    asked = after(spent, page.main.says)
    assert shown(asked).title == issue.PAY_STARTING.zh_hans
    fresh = replace(paying.payment, id="p2", qr_text="https://pay.example/q/SECOND")
    again = after(asked, ev.PaymentChanged(awaited(asked, "StartPayment"), fresh))
    (second,) = (part for part in shown(again).parts if isinstance(part, Code))
    assert second.text == fresh.qr_text != code.text
