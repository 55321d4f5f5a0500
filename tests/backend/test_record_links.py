"""A card's record is linked only as its chip bears out, and what a link changed comes back."""

import html
import json
from datetime import date

import pyotp
import pytest

from backend.accounts.second_factor import put_in_use
from backend.approvals.services import answer
from backend.audit.models import AuditEvent
from backend.audit.services import verify
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide, undo
from backend.cases.models import Case, Decision
from backend.cases.opening import open_case
from backend.console.decision_sheet import decision_sheet
from backend.console.texts import say
from backend.endorsements.services import offers_for
from backend.orders.issuing import order_for
from backend.orders.printing import begin_printing
from backend.records.linking import LinkCannotHold
from backend.records.models import ChipRead, Permit, Resident
from backend.records.services import prove
from backend_client import contract as c
from backend_client.contract import DecisionKind, RefusalCode
from tests.backend import world
from tests.backend.order_world import application, pay, read_chip, refusal

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
    case = open_case(
        kiosk, world.case_request(**{"reason": "no_record", "card_number": card, **fields})
    )
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


def linked(kiosk, staff, person, card=CARD, **fields) -> Decision:
    """Have the card of a new case linked to ``person``, in force."""
    prove(kiosk, "visit-1", card, world.proof(card))
    opened(kiosk, staff, card, **fields)
    return answer(link(staff, person).pk, staff["approver"], granted=True)


def facts_of(kind: str) -> dict[str, object]:
    return json.loads(AuditEvent.objects.get(kind=kind).facts)


def test_taking_back_the_link_of_a_new_card_takes_the_card_off_the_record(kiosk, staff, person):
    decision = linked(kiosk, staff, person)
    case = Case.objects.get()
    assert (case.permit_id, case.record_portrait) == (CARD, person.portrait)
    undo("case-1", staff["clerk"])
    assert not Permit.objects.filter(card_number=CARD).exists()
    case.refresh_from_db()
    assert (case.permit, case.record_portrait, case.stage) == (None, None, "claimed")
    assert facts_of("record.linked") == {"resident": person.id, "resident_before": None}
    assert facts_of("record.link_undone") == {
        "decision": decision.pk,
        "identities": 0,
        "resident": person.id,
        "resident_before": None,
    }
    assert verify().ok
    offers = offers_for(
        kiosk, c.OffersRequest(visit_id="visit-2", card_number=CARD, proof=world.proof(CARD))
    )
    assert not offers.record_found
    assert open_case(kiosk, world.case_request("case-2", card_number=CARD)).permit is None


def test_taking_back_the_link_of_a_known_card_gives_it_back_to_its_holder(kiosk, staff, person):
    before = Permit.objects.get(card_number=world.CARD)
    holder, until = before.resident, before.valid_until
    linked(kiosk, staff, person, world.CARD, reason="portraits_disagree")
    permit = Permit.objects.get(card_number=world.CARD)
    assert (permit.resident, permit.valid_until) == (person, world.EXPIRY)
    assert facts_of("record.linked")["resident_before"] == holder.pk
    undo("case-1", staff["clerk"])
    permit.refresh_from_db()
    assert (permit.resident, permit.valid_until) == (holder, until)
    case = Case.objects.get()
    assert (case.permit, case.record_portrait) == (permit, holder.portrait)
    assert facts_of("record.link_undone")["resident_before"] == holder.pk
    later = open_case(kiosk, world.case_request("case-2", visit_id="visit-2"))
    assert later.permit == permit
    assert later.permit.resident == holder
    assert later.record_portrait == holder.portrait


def test_what_rests_on_a_link_goes_with_it(kiosk, staff, person):
    decision = linked(kiosk, staff, person)
    matched = application(kiosk, card=CARD, match=world.match_report())
    assert not matched.identified, "no portrait was released yet"
    read_chip(kiosk, card=CARD)
    assert application(kiosk, card=CARD, match=world.match_report()).identified
    open_case(kiosk, world.case_request("case-2", card_number=CARD))
    colleague = world.add_staff("colleague", "clerk")
    claim("case-2", colleague)
    accepted = decide("case-2", colleague, DecisionInput(DecisionKind.IDENTITY_ACCEPTED))
    answer(accepted.pk, staff["approver"], granted=True)
    by_case = application(kiosk, card=CARD, offer="G-MAC-3M-1", case_id="case-2")
    assert by_case.identified
    pay(kiosk, matched)
    order = order_for(kiosk, matched.id, c.OrderRequest(visit_id="visit-1", card_number=CARD))
    undo("case-1", staff["clerk"])
    for made in (matched, by_case):
        made.refresh_from_db()
        assert not made.identified
    begin = refusal(begin_printing, kiosk, order.id, order.fencing_token)
    assert begin == RefusalCode.IDENTITY_MISSING
    accepted.refresh_from_db()
    other = Case.objects.get(id="case-2")
    assert (accepted.state, other.stage, other.claimed_by) == ("undone", "waiting", None)
    assert (other.permit, other.record_portrait) == (None, None)
    assert facts_of("record.link_undone")["identities"] == 2
    rested = AuditEvent.objects.get(kind="decision.undone", subject="case:case-2")
    assert json.loads(rested.facts)["rested_on"] == decision.pk


def test_an_identity_from_before_the_link_stays(kiosk, staff, person):
    read_chip(kiosk)
    made = application(kiosk, match=world.match_report())
    linked(kiosk, staff, person, world.CARD, reason="portraits_disagree")
    undo("case-1", staff["clerk"])
    made.refresh_from_db()
    assert made.identified


def test_a_proposed_link_is_taken_back_without_a_trace_on_record(kiosk, staff, person):
    holder = Permit.objects.get(card_number=world.CARD).resident
    prove(kiosk, "visit-1", world.CARD, world.proof())
    opened(kiosk, staff, world.CARD, reason="portraits_disagree")
    link(staff, person)
    undo("case-1", staff["clerk"])
    assert Permit.objects.get(card_number=world.CARD).resident == holder
    assert Case.objects.get().record_portrait == holder.portrait
    assert not AuditEvent.objects.filter(kind="record.link_undone").exists()


def test_a_link_is_not_taken_back_once_printing_has_begun(kiosk, staff, person, django_pages):
    linked(kiosk, staff, person)
    read_chip(kiosk, card=CARD)
    made = application(kiosk, card=CARD, match=world.match_report())
    pay(kiosk, made)
    order = order_for(kiosk, made.id, c.OrderRequest(visit_id="visit-1", card_number=CARD))
    sheet = decision_sheet(Case.objects.get(), staff["clerk"], "en")
    assert (sheet.undoable, sheet.printing) == (True, False)
    begin_printing(kiosk, order.id, order.fencing_token)
    assert refusal(undo, "case-1", staff["clerk"]) == RefusalCode.CONFLICT
    assert Permit.objects.get(card_number=CARD).resident == person
    sheet = decision_sheet(Case.objects.get(), staff["clerk"], "en")
    assert (sheet.undoable, sheet.printing) == (False, True)


def test_the_earlier_of_two_links_taken_back_leaves_the_later_in_force(kiosk, staff, person):
    holder = Permit.objects.get(card_number=world.CARD).resident
    third = world.add_resident("CX0000002").resident
    linked(kiosk, staff, person, world.CARD, reason="portraits_disagree")
    open_case(kiosk, world.case_request("case-2", reason="portraits_disagree"))
    claim("case-2", staff["clerk"])
    what = DecisionInput(DecisionKind.RECORD_LINKED, resident_id=third.id)
    answer(decide("case-2", staff["clerk"], what).pk, staff["approver"], granted=True)
    undo("case-1", staff["clerk"])
    assert Permit.objects.get(card_number=world.CARD).resident == third
    undo("case-2", staff["clerk"])
    assert Permit.objects.get(card_number=world.CARD).resident == holder


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_linked_the_record_reads_so_in_the_place_of_the_form(
    kiosk, staff, person, django_pages, language
):
    linked(kiosk, staff, person)
    open_case(kiosk, world.case_request("case-2", card_number=CARD))
    claim("case-2", staff["clerk"])
    desk = django_pages(staff["clerk"])
    typed = {"kind": "identity_accepted"}
    page = warned(desk, "/cases/case-2/decide", typed, "message.own_link", language=language)
    assert 'value="identity_accepted"' not in page
    assert 'value="to_counter"' in page
