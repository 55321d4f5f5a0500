"""A card's record is linked only as its chip bears out, and what a link changed comes back."""

import html
from datetime import date

import pyotp
import pytest

from backend.accounts.second_factor import put_in_use
from backend.approvals.services import answer
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide, undo
from backend.cases.models import Case, Decision
from backend.cases.opening import open_case
from backend.console.texts import say
from backend.records.linking import LinkCannotHold
from backend.records.models import ChipRead, Permit, Resident
from backend.records.services import prove
from backend_client.contract import DecisionKind, RefusalCode
from tests.backend import world
from tests.backend.order_world import refusal

CARD = "CC4567893"
AUTHENTICATOR = "JBSWY3DPEHPK3PXP" * 2
LANGUAGES = ("zh-hans", "zh-hant", "en")


@pytest.fixture
def staff(kiosk):
    """Return a clerk, an approver and a duty leader."""
    return {name: world.add_staff(name) for name in ("clerk", "approver", "duty_leader")}


@pytest.fixture
def person(kiosk):
    """Return somebody on record, born as the chip of ``CARD`` says."""
    return world.add_resident("CX0000001", name_zh="正主").resident


def opened(kiosk, staff, card=CARD, **fields) -> Case:
    case = open_case(kiosk, world.case_request(reason="no_record", card_number=card, **fields))
    claim("case-1", staff["clerk"])
    return case


def link(staff, person: Resident) -> Decision:
    what = DecisionInput(DecisionKind.RECORD_LINKED, resident_id=person.id)
    return decide("case-1", staff["clerk"], what)


def warned(desk, address, typed, *keys, language="en") -> str:
    """Post, and find the words of all ``keys`` on the page that follows; return the page."""
    desk.post("/language", {"language": language, "next": "/"})
    answer = desk.post(address, typed, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    for key in keys:
        assert html.escape(say(language, key), quote=True) in page, key
    return page


def test_a_link_that_the_chip_does_not_bear_is_refused_to_the_clerk(kiosk, staff, person):
    opened(kiosk, staff)
    with pytest.raises(LinkCannotHold) as not_read:
        link(staff, person)
    prove(kiosk, "visit-1", CARD, world.proof(CARD, born=date(1971, 2, 3)))
    with pytest.raises(LinkCannotHold) as another:
        link(staff, person)
    assert (not_read.value.why, another.value.why) == ("no_chip", "other_birth")
    assert not Decision.objects.exists()
    prove(kiosk, "visit-1", CARD, world.proof(CARD))
    assert link(staff, person).state == Decision.State.PROPOSED


def test_a_link_to_nobody_is_refused(kiosk, staff):
    opened(kiosk, staff)
    prove(kiosk, "visit-1", CARD, world.proof(CARD))
    for number in (999999, 10**30):
        for kind in (DecisionKind.RECORD_LINKED, DecisionKind.TO_COUNTER):
            what = DecisionInput(kind, resident_id=number)
            assert refusal(decide, "case-1", staff["clerk"], what) == RefusalCode.BAD_REQUEST


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_clerk_is_told_why_a_link_cannot_hold(kiosk, staff, person, django_pages, language):
    opened(kiosk, staff)
    desk, typed = django_pages(staff["clerk"]), {"kind": "record_linked", "resident_id": person.id}
    address = "/cases/case-1/decide"
    warned(desk, address, typed, "message.link_no_chip", language=language)
    prove(kiosk, "visit-1", CARD, world.proof(CARD, born=date(1971, 2, 3)))
    warned(desk, address, typed, "message.link_other_birth", language=language)
    nobody = {**typed, "resident_id": "999999"}
    warned(desk, address, nobody, "message.resident_unknown", language=language)
    assert Case.objects.get().stage == "claimed"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", ["approver", "duty_leader"])
def test_a_link_that_holds_no_longer_says_so_and_the_case_goes_on(
    kiosk, staff, person, django_pages, who, language
):
    put_in_use(staff[who], AUTHENTICATOR)
    opened(kiosk, staff)
    prove(kiosk, "visit-1", CARD, world.proof(CARD))
    decision = link(staff, person)
    ChipRead.objects.all().delete()
    desk = django_pages(staff[who])
    asked = {
        "decision": decision.pk,
        "word": "approve",
        "reason": "they leave in an hour",
        "code": pyotp.TOTP(AUTHENTICATOR).now(),
    }
    address = "/cases/case-1/answer" if who == "approver" else "/cases/case-1/break-glass"
    keys = ("message.link_no_chip", "message.link_decline")
    page = warned(desk, address, asked, *keys, language=language)
    assert 'value="decline"' in page, "the way on is on the page that says so"
    assert Case.objects.get().stage == "approval"
    assert not Permit.objects.filter(card_number=CARD).exists()
    declined = {**asked, "word": "decline"}
    warned(desk, "/cases/case-1/answer", declined, "message.declined", language=language)
    assert Case.objects.get().stage == "claimed"
    decide("case-1", staff["clerk"], DecisionInput(DecisionKind.TO_COUNTER))


def test_the_decider_takes_back_a_link_that_holds_no_longer(kiosk, staff, person):
    opened(kiosk, staff)
    prove(kiosk, "visit-1", CARD, world.proof(CARD))
    decision = link(staff, person)
    ChipRead.objects.all().delete()
    with pytest.raises(LinkCannotHold):
        answer(decision.pk, staff["approver"], granted=True)
    undo("case-1", staff["clerk"])
    assert Case.objects.get().stage == "claimed"
