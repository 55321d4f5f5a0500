"""What moved to another session is with a resident there: stuck only once that one is."""

import pytest

from backend.applications.models import Application
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.clock import ago
from backend.orders.models import IssueOrder
from backend.orders.reconcile import reconcile
from backend.resume.models import Session
from tests.backend import world
from tests.backend.order_world import accepted_case, application, ask, pay, read_chip
from tests.backend.resume_world import FACE, take_up


@pytest.fixture
def paid(kiosk):
    """An application paid by a decision in case-1, long ago; its kiosk has said nothing since."""
    accepted_case(kiosk, live_portrait=world.c.picture(FACE))
    read_chip(kiosk)
    made = application(kiosk, case_id="case-1")
    pay(kiosk, made)
    return made


def an_hour_ago():
    Case.objects.update(created_at=ago(3600))
    Application.objects.update(settled_at=ago(3600))
    IssueOrder.objects.update(created_at=ago(3600))


def needless():
    return Case.objects.exclude(id="case-1")


@pytest.mark.parametrize("ordered", [True, False])
def test_what_goes_on_in_another_session_is_not_put_before_a_person(kiosk, other, paid, ordered):
    if ordered:
        ask(kiosk, paid)
    an_hour_ago()
    take_up(other, Case.objects.get())
    assert reconcile() == 0
    assert not needless().exists()


@pytest.mark.parametrize("ordered", [True, False])
def test_what_is_stuck_in_that_session_too_is_put_before_a_person(kiosk, other, paid, ordered):
    if ordered:
        ask(kiosk, paid)
    an_hour_ago()
    take_up(other, Case.objects.get())
    assert reconcile() == 0
    Session.objects.update(at=ago(3600))
    assert reconcile() == 1
    assert [(case.reason, case.application) for case in needless()] == [("paid_not_issued", paid)]
    assert reconcile() == 0


def test_another_cards_session_hides_nothing(kiosk, other, paid):
    ask(kiosk, paid)
    an_hour_ago()
    world.add_resident("C87654321", surname="CHEN", given="BO")
    case = world.case_request("case-9", visit_id="visit-9", card_number="C87654321")
    opened = open_case(kiosk, case)
    Case.objects.update(created_at=ago(3600))
    take_up(other, opened, card="C87654321")
    assert reconcile() == 1
    assert Case.objects.filter(reason="paid_not_issued", application=paid).count() == 1
