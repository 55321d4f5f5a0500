"""From application to the one endorsement: identity, settlement, orders, fencing."""

from datetime import timedelta

from django.utils import timezone

from backend.applications.models import Application
from backend.applications.services import application_view
from backend.approvals.services import answer
from backend.audit.models import AuditEvent
from backend.audit.services import verify
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide, undo
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.clock import ago
from backend.endorsements.services import offers_for
from backend.orders.counter import CounterForm, issue_at_counter
from backend.orders.models import IssueOrder
from backend.orders.printing import begin_printing, end_printing, order_view
from backend.orders.reconcile import reconcile
from backend.payments.models import Payment
from backend.payments.services import cancel, complete, start
from backend.records.models import HeldEndorsement
from backend.refusal import Refused
from backend_client import contract as c
from backend_client.contract import DecisionKind, RefusalCode
from tests.backend import world
from tests.backend.order_world import (
    OFFER,
    accepted_case,
    application,
    ask,
    pay,
    read_chip,
    ready,
    refusal,
    report,
    sent,
)


def test_identity_and_settlement_make_exactly_one_order(kiosk):
    read_chip(kiosk)
    made = application(kiosk)
    assert refusal(ask, kiosk, made) == RefusalCode.IDENTITY_MISSING
    made = application(kiosk, match=world.match_report())
    assert refusal(ask, kiosk, made) == RefusalCode.SETTLEMENT_MISSING
    pay(kiosk, made)
    order = ask(kiosk, made)
    assert order.card_number == world.CARD
    assert (order.kiosk_id, order.visit_id, order.fencing_token) == ("3", "visit-1", 1)
    view = order_view(order)
    assert view.back == (view.new,)
    assert view.new.valid_until > view.new.valid_from


def test_asked_many_times_at_once_there_is_one_order_and_one_newest_token(kiosk):
    made = ready(kiosk)
    orders = world.at_once(8, lambda n: ask(kiosk, made))
    assert len({order.id for order in orders}) == 1
    assert IssueOrder.objects.count() == 1
    assert sorted(order.fencing_token for order in orders) == list(range(1, 9))
    begun = world.at_once(8, lambda n: begin_printing(kiosk, orders[n].id, n + 1))
    good = [order for order in begun if isinstance(order, IssueOrder)]
    assert [order.fencing_token for order in good] == [8]
    stale = [error.code for error in begun if isinstance(error, Refused)]
    assert stale == [RefusalCode.STALE_TOKEN] * 7


def test_a_stale_token_cannot_print_or_report(kiosk):
    made = ready(kiosk)
    old, new = ask(kiosk, made), ask(kiosk, made)
    old_token = 1
    assert new.fencing_token == 2
    assert refusal(begin_printing, kiosk, old.id, old_token) == RefusalCode.STALE_TOKEN
    begin_printing(kiosk, new.id, 2)
    stale = c.PrintReport(fencing_token=1, outcome="printed", evidence="none")
    assert refusal(end_printing, kiosk, new.id, stale) == RefusalCode.STALE_TOKEN


def test_who_takes_over_a_begun_print_may_report_but_not_print_again(kiosk):
    made = ready(kiosk)
    order = ask(kiosk, made)
    begin_printing(kiosk, order.id, 1)
    begin_printing(kiosk, order.id, 1)
    taken = ask(kiosk, made)
    assert (taken.state, taken.fencing_token) == ("printing", 2)
    assert refusal(begin_printing, kiosk, order.id, 2) == RefusalCode.CONFLICT
    end_printing(kiosk, order.id, report(taken, "unknown", "none"))
    assert Case.objects.get().reason == "print_unknown"


def test_a_printed_order_is_on_record_once_and_cannot_be_had_again(kiosk):
    made = ready(kiosk)
    order = ask(kiosk, made)
    begin_printing(kiosk, order.id, 1)
    end_printing(kiosk, order.id, report(order))
    end_printing(kiosk, order.id, report(order))
    assert HeldEndorsement.objects.get().number == order_view(order).new.number
    assert refusal(ask, kiosk, made) == RefusalCode.ALREADY_ISSUED
    assert refusal(begin_printing, kiosk, order.id, 1) == RefusalCode.ALREADY_ISSUED
    answer = read_chip(kiosk, "visit-2")
    closed = {offer.code: offer.reason for offer in answer.closed}
    assert closed[OFFER] == c.ClosedReason.ALREADY_HELD
    assert [one.number for one in answer.still_valid] == [order_view(order).new.number]
    assert refusal(application, kiosk, "visit-2") == RefusalCode.NOT_ELIGIBLE
    assert verify().ok


def test_two_visits_of_one_card_get_one_endorsement(kiosk):
    other = world.add_kiosk("4")
    first = ready(kiosk, "visit-1")
    Application.objects.update(settled_at=None)  # as if the second had been paid before it, too
    second = ready(other, "visit-2")
    Application.objects.update(settled_at=timezone.now())
    pairs = [(kiosk, first), (other, second)]
    results = world.at_once(2, lambda n: ask(*pairs[n]))
    refused = [one.code for one in results if isinstance(one, Refused)]
    assert refused == [RefusalCode.NOT_ELIGIBLE]
    assert IssueOrder.objects.count() == 1


def test_the_back_keeps_every_valid_endorsement_and_adds_the_new_one(kiosk):
    for visit, offer in (("visit-1", "G-MAC-3M-1"), ("visit-2", OFFER)):
        read_chip(kiosk, visit)
        made = application(kiosk, visit, offer, match=world.match_report())
        pay(kiosk, made)
        order = ask(kiosk, made)
        begin_printing(kiosk, order.id, 1)
        end_printing(kiosk, order.id, report(order))
    assert [one.destination for one in order_view(order).back] == ["MAC", "HKG"]


def test_a_reprint_is_free_and_adds_nothing(kiosk):
    made = ready(kiosk)
    order = ask(kiosk, made)
    begin_printing(kiosk, order.id, 1)
    end_printing(kiosk, order.id, report(order))
    HeldEndorsement.objects.update(faded=True)
    held = HeldEndorsement.objects.get()
    answer = read_chip(kiosk, "visit-2")
    (offer,) = [one for one in answer.offers if one.reprint_of]
    assert (offer.reprint_of, offer.fee_fen) == (held.number, 0)
    again = application(kiosk, "visit-2", offer.code, match=world.match_report())
    assert application_view(again).settled
    assert refusal(start, kiosk, again.id, "visit-2") == RefusalCode.CONFLICT
    reprint = ask(kiosk, again)
    assert [one.number for one in order_view(reprint).back] == [held.number]
    begin_printing(kiosk, reprint.id, 1)
    end_printing(kiosk, reprint.id, report(reprint))
    held.refresh_from_db()
    assert (HeldEndorsement.objects.count(), held.faded) == (1, False)


def test_payment_and_its_cancellation_race_to_one_end(kiosk):
    for round_ in range(6):
        visit, card = f"visit-{round_}", f"CX000000{round_}"
        world.add_resident(card)
        read_chip(kiosk, visit, card)
        made = application(kiosk, visit, match=world.match_report(), card=card)
        payment = start(kiosk, made.id, visit)
        assert start(kiosk, made.id, visit).id == payment.id
        tasks = [
            lambda p=payment: complete(p.token),
            lambda p=payment: cancel(kiosk, p.id),
            lambda p=payment: complete(p.token),
        ]
        world.at_once(3, lambda n, t=tasks: t[n]())
        payment.refresh_from_db()
        made.refresh_from_db()
        assert made.settled == (payment.state == "paid")
    settled = AuditEvent.objects.filter(kind="application.settled").count()
    assert settled == Payment.objects.filter(state="paid").count()


def test_a_pending_payment_expires_and_another_can_be_started(kiosk):
    read_chip(kiosk)
    made = application(kiosk, match=world.match_report())
    payment = start(kiosk, made.id, "visit-1")
    Payment.objects.update(created_at=ago(3600))
    assert reconcile() == 1
    late = complete(payment.token)
    assert late is not None
    assert late.state == "cancelled"
    assert start(kiosk, made.id, "visit-1").id != payment.id


def test_a_persons_acceptance_identifies_this_card_in_this_visit_only(kiosk):
    world.add_resident("CX0000001")
    read_chip(kiosk)
    accepted_case(kiosk)
    assert application(kiosk, case_id="case-1").identified
    read_chip(kiosk, "visit-2")
    assert not application(kiosk, "visit-2", case_id="case-1").identified
    read_chip(kiosk, "visit-1", "CX0000001")
    assert not application(kiosk, card="CX0000001", case_id="case-1").identified


def test_an_undone_acceptance_stops_the_print(kiosk):
    read_chip(kiosk)
    accepted_case(kiosk)
    made = application(kiosk, case_id="case-1")
    pay(kiosk, made)
    order = ask(kiosk, made)
    undo("case-1", world.User.objects.get(username="clerk"))
    assert refusal(begin_printing, kiosk, order.id, 1) == RefusalCode.IDENTITY_MISSING


def test_undo_is_refused_once_printing_has_begun(kiosk):
    read_chip(kiosk)
    accepted_case(kiosk)
    made = application(kiosk, case_id="case-1")
    pay(kiosk, made)
    begin_printing(kiosk, ask(kiosk, made).id, 1)
    clerk = world.User.objects.get(username="clerk")
    assert refusal(undo, "case-1", clerk) == RefusalCode.CONFLICT


def test_eligibility_that_a_person_granted_opens_the_offer(database):
    world.add_resident(functionary=True)
    kiosk = world.add_kiosk()
    closed = {offer.code: offer.reason for offer in read_chip(kiosk).closed}
    assert closed[OFFER] == c.ClosedReason.ASK_STAFF
    clerk, approver = world.add_staff("clerk"), world.add_staff("approver")
    open_case(kiosk, world.case_request(reason="ineligible_disputed"))
    claim("case-1", clerk)
    grant = DecisionInput(DecisionKind.ELIGIBILITY_GRANTED, offer_code=OFFER)
    answer(decide("case-1", clerk, grant).id, approver, granted=True)
    proof = sent(world.proof())
    wanted = c.OffersRequest(
        visit_id="visit-1", card_number=world.CARD, proof=proof, case_id="case-1"
    )
    assert OFFER in {offer.code for offer in offers_for(kiosk, wanted).offers}
    made = application(kiosk, match=world.match_report(), case_id="case-1")
    pay(kiosk, made)
    assert ask(kiosk, made).state == "ordered"


def test_the_counter_issues_from_the_case_and_no_kiosk_can_print_it_too(kiosk):
    read_chip(kiosk)
    made = application(kiosk)
    clerk = world.add_staff("clerk")
    open_case(kiosk, world.case_request(application_id=made.id))
    assert (
        refusal(issue_at_counter, "case-1", clerk, CounterForm(seen_in_person=True, fee_taken=True))
        == RefusalCode.CONFLICT
    )
    claim("case-1", clerk)
    decide("case-1", clerk, DecisionInput(DecisionKind.TO_COUNTER))
    for seen, fee, code in (
        (False, True, RefusalCode.IDENTITY_MISSING),
        (True, False, RefusalCode.SETTLEMENT_MISSING),
    ):
        assert refusal(issue_at_counter, "case-1", clerk, CounterForm(seen, fee)) == code
    order = issue_at_counter("case-1", clerk, CounterForm(seen_in_person=True, fee_taken=True))
    assert order.state == "at_counter"
    assert Case.objects.get().stage == "closed"
    assert HeldEndorsement.objects.count() == 1
    assert refusal(begin_printing, kiosk, order.id, 1) == RefusalCode.ALREADY_ISSUED
    assert refusal(ask, kiosk, made) == RefusalCode.ALREADY_ISSUED


def test_the_counter_makes_the_application_that_the_kiosk_never_came_to(kiosk):
    clerk = world.add_staff("clerk")
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    decide("case-1", clerk, DecisionInput(DecisionKind.TO_COUNTER))
    order = issue_at_counter("case-1", clerk, CounterForm(seen_in_person=True, fee_taken=True))
    assert order.application.offer_code == OFFER


def test_a_permit_that_expires_too_soon_closes_the_long_forms(database):
    until = timezone.localdate() + timedelta(days=200)
    world.add_resident(valid_until=until)
    answer = read_chip(world.add_kiosk())
    assert OFFER in {offer.code for offer in answer.offers}
    closed = {offer.code: offer.reason for offer in answer.closed}
    assert closed["G-HKG-1Y-1"] == c.ClosedReason.PERMIT_EXPIRES


def test_without_a_chip_read_in_the_visit_nothing_is_applied_for(kiosk):
    assert refusal(application, kiosk, match=world.match_report()) == RefusalCode.CONFLICT
