"""Staff at their browsers, a kiosk at its API, and the server between them."""

import json
import threading

import pytest
import requests

from backend_client.contract import (
    ApplicationRequest,
    ApplicationView,
    ChipProof,
    OffersAnswer,
    OffersRequest,
    picture,
)
from demo.page import read_page
from demo.staff_browser import StaffBrowser, StaffRefused
from tests.backend.console.hall import CARD, CHIP, LIVE, RECORD, dg1, mismatch


def raw(browser):
    """Return the browser's own session, for what no form offers."""
    return browser._session


def test_clerk_accepts_and_approver_approves(hall, person):
    case = hall.kiosk.escalate("portraits_disagree", **mismatch())
    clerk, approver = person("clerk"), person("approver")
    assert case.id in clerk._get("/").unclaimed
    clerk.claim(case.id)
    assert hall.kiosk.case(case.id).stage == "claimed"

    look = clerk.look(case.id)
    assert look.portraits == {"live": LIVE, "chip": CHIP, "record": RECORD}
    assert "与芯片照片相符（0.61）、与登记照片不符（0.21）" in look.sentence

    clerk.decide(case.id, "identity_accepted")
    assert hall.kiosk.case(case.id).decision is None
    approver.wait_for_request(case.id, timeout_s=5)
    approver.approve(case.id)
    assert hall.kiosk.case(case.id).decision.kind == "identity_accepted"
    opened = [
        (event["actor"], json.loads(event["facts"])["picture"])
        for event in hall.audit()
        if event["kind"] == "case.evidence_opened" and event["subject"] == f"case:{case.id}"
    ]
    actors = {actor for actor, _ in opened}
    assert len(actors) == 2
    for actor in actors:
        assert {what for who, what in opened if who == actor} == {"sheet", "live", "chip", "record"}


def test_an_approver_who_declines_gives_the_case_back(hall, person):
    case = hall.kiosk.escalate("portraits_disagree", **mismatch())
    clerk, approver = person("clerk"), person("approver")
    clerk.claim(case.id)
    clerk.decide(case.id, "identity_accepted")
    approver.decline(case.id)
    assert hall.kiosk.case(case.id).stage == "claimed"
    assert "“认可身份”未获同意（演示审批）" in clerk._text(f"/cases/{case.id}")
    clerk.decide(case.id, "to_counter")
    assert hall.kiosk.case(case.id).decision.kind == "to_counter"


def test_the_decider_cannot_approve_and_a_clerk_is_not_asked(hall, person):
    case = hall.kiosk.escalate(**mismatch())
    clerk, other = person("clerk"), person("clerk2")
    clerk.claim(case.id)
    clerk.decide(case.id, "identity_accepted")
    with pytest.raises(StaffRefused):
        clerk.approve(case.id)
    with pytest.raises(StaffRefused):
        other.approve(case.id)
    assert hall.kiosk.case(case.id).decision is None


def test_evidence_is_closed_to_everybody_else(hall, person):
    case = hall.kiosk.escalate(**mismatch())
    clerk, other, approver = person("clerk"), person("clerk2"), person("approver")
    clerk.claim(case.id)
    for nosy in (other, approver):
        with pytest.raises(StaffRefused):
            nosy.look(case.id)
        for which in ("live", "chip", "record"):
            answer = raw(nosy).get(f"{hall.url}/cases/{case.id}/portraits/{which}")
            assert answer.status_code == 403
            assert len(answer.content) == 0
        text = nosy._text(f"/cases/{case.id}?look=1")
        assert "0.61" not in text
        assert "C12345678" not in text


def test_the_queue_and_the_board_show_no_evidence(hall, person):
    case = hall.kiosk.escalate(**mismatch(detail="words-about-a-person"))
    clerk = person("clerk2")
    for path in ("/", f"/live/board?page=queue&case={case.id}", f"/cases/{case.id}"):
        text = clerk._text(path)
        assert case.id in text
        assert not any(secret in text for secret in ("C12345678", "0.61", "words-about", "<img"))


def test_the_duty_leader_opens_evidence_only_by_an_own_step(hall, person):
    case = hall.kiosk.escalate(**mismatch())
    leader = person("leader")
    assert not leader._get(f"/cases/{case.id}").sentence
    assert leader.look(case.id).portraits["live"] == LIVE


def test_portraits_are_never_stored_by_the_browser(hall, person):
    case = hall.kiosk.escalate(**mismatch())
    clerk = person("clerk")
    clerk.claim(case.id)
    answer = raw(clerk).get(f"{hall.url}/cases/{case.id}/portraits/live")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert raw(clerk).get(f"{hall.url}/cases/{case.id}/portraits/passport").status_code == 404


def test_of_two_who_claim_at_once_exactly_one_gets_it(hall, person):
    case = hall.kiosk.escalate(**mismatch())
    outcomes = []
    gate = threading.Barrier(2)

    def claim(browser):
        gate.wait()
        try:
            browser.claim(case.id)
            outcomes.append("got")
        except StaffRefused:
            outcomes.append("late")

    threads = [threading.Thread(target=claim, args=(person(n),)) for n in ("clerk", "clerk2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["got", "late"]


def test_every_post_needs_the_csrf_token(hall, person):
    case = hall.kiosk.escalate(**mismatch())
    clerk = person("clerk")
    for action in ("claim", "release", "renew", "decide", "undo", "answer", "close"):
        answer = raw(clerk).post(f"{hall.url}/cases/{case.id}/{action}", data={})
        assert answer.status_code == 403, action
    for action in ("take", "issue"):
        answer = raw(clerk).post(f"{hall.url}/counter/{case.id}/{action}", data={})
        assert answer.status_code == 403, action
    for path in ("/login", "/logout", "/language", "/kiosks/K3/release-card"):
        assert raw(clerk).post(hall.url + path, data={}).status_code == 403, path
    assert hall.kiosk.case(case.id).stage == "waiting"


def test_nothing_opens_without_signing_in(hall):
    case = hall.kiosk.escalate(**mismatch())
    for path in ("/", f"/cases/{case.id}", "/approvals", "/counter", "/kiosks", "/live/board"):
        answer = requests.get(hall.url + path, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/login?next=")
    path = f"{hall.url}/cases/{case.id}/portraits/live"
    assert requests.get(path, allow_redirects=False, timeout=10).status_code == 302
    assert requests.get(f"{hall.url}/live/stream", timeout=10).status_code == 403


def test_after_signing_in_one_goes_only_to_this_server(hall):
    for heading in ("https://example.org/x", "//example.org/x", "javascript:alert(1)"):
        answer = requests.get(f"{hall.url}/login", params={"next": heading}, timeout=10)
        assert read_page(answer.text).form("", username="").fields["next"] == "/"


def test_a_wrong_password_says_nothing_about_which_part_was_wrong(hall):
    with pytest.raises(StaffRefused):
        StaffBrowser(hall.url).sign_in("nobody-here", "wrong-password")


def test_a_technician_sees_machines_and_no_cases(hall, person):
    case = hall.kiosk.escalate(**mismatch())
    technician = person("technician")
    assert "K3" in technician._text("/kiosks")
    for path in (f"/cases/{case.id}", "/counter", "/approvals"):
        assert raw(technician).get(hall.url + path).status_code == 403
    assert case.id not in technician._text("/live/board?page=queue")


def test_a_new_portrait_needs_words_and_they_reach_the_kiosk(hall, person):
    case = hall.kiosk.escalate(**mismatch())
    clerk = person("clerk")
    clerk.claim(case.id)
    with pytest.raises(StaffRefused):
        clerk.decide(case.id, "new_portrait", phrase="", words="  ")
    clerk.decide(case.id, "new_portrait", phrase="glasses_off")
    decision = hall.kiosk.case(case.id).decision
    assert decision.kind == "new_portrait"
    assert decision.words.en.startswith("Please take off your glasses")
    clerk.undo(case.id)
    assert hall.kiosk.case(case.id).decision is None
    clerk.decide(case.id, "new_portrait", phrase="", words="请把头发拨开 <b>")
    assert hall.kiosk.case(case.id).decision.words.zh_hans == "请把头发拨开 <b>"
    assert "<b>" not in clerk._text(f"/cases/{case.id}").split("头发拨开")[1][:8]


def test_a_refusal_needs_a_typed_reason(hall, person):
    case = hall.kiosk.escalate(**mismatch())
    clerk = person("clerk")
    clerk.claim(case.id)
    with pytest.raises(StaffRefused):
        clerk.decide(case.id, "refused", note="no")
    clerk.decide(case.id, "refused", note="证件不是本人的")
    assert hall.kiosk.case(case.id).decision.kind == "refused"
    assert not any("证件不是本人" in event["facts"] for event in hall.audit())


def test_a_liveness_alarm_is_accepted_only_of_a_person_seen(hall, person):
    case = hall.kiosk.escalate("liveness_alarm", **mismatch())
    clerk = person("clerk")
    clerk.claim(case.id)
    with pytest.raises(StaffRefused):
        clerk.decide(case.id, "identity_accepted")
    clerk.decide(case.id, "identity_accepted", seen_in_person=True)
    assert hall.kiosk.case(case.id).stage == "approval"


def test_only_decisions_that_fit_the_reason_are_taken(hall, person):
    case = hall.kiosk.escalate("chip_unreadable")
    clerk = person("clerk")
    clerk.claim(case.id)
    with pytest.raises(StaffRefused):
        clerk.decide(case.id, "identity_accepted")
    form = clerk._get(f"/cases/{case.id}").form("/decide", kind="to_counter")
    data = {**form.filled(), "kind": "identity_accepted"}
    answer = clerk._send(f"/cases/{case.id}/decide", data, f"/cases/{case.id}")
    assert "这个决定不适用于此类情况" in answer.text
    assert hall.kiosk.case(case.id).stage == "claimed"


def test_a_case_is_found_by_its_ticket(hall, person):
    case = hall.kiosk.escalate(**mismatch())
    clerk = person("clerk")
    text = clerk._text(f"/counter?ticket={case.ticket.replace(' ', '').lower()}")
    assert f"/cases/{case.id}" in text
    assert "没有找到" in clerk._text("/counter?ticket=Z%20999")


def test_the_language_is_kept_and_the_default_is_simplified_chinese(hall):
    clerk = StaffBrowser(hall.url)
    raw(clerk).headers["Accept-Language"] = "en"
    clerk.sign_in("clerk", hall.accounts["clerk"])
    assert "按必须办结的时间排序" in clerk._text("/")
    form = clerk._get("/").form("/language")
    clerk._send("/language", form.filled(language="en"), "/")
    assert "By the time it must be decided" in clerk._text("/")


def test_hostile_words_from_outside_stay_words(hall, person):
    case = hall.kiosk.escalate(**mismatch(detail="<script>alert(1)</script>"))
    clerk = person("clerk")
    clerk.claim(case.id)
    page = raw(clerk).get(f"{hall.url}/cases/{case.id}")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def apply_at_kiosk(hall, visit_id):
    """Read the card, choose the first offer with a fee and apply, without identity."""
    proof = ChipProof(dg1=picture(dg1(CARD, "900101", "340520")))
    request = OffersRequest(visit_id=visit_id, card_number=CARD, proof=proof)
    answer = OffersAnswer.model_validate_json(hall.kiosk.post("/offers", request).content)
    offer = next(offer for offer in answer.offers if offer.fee_fen)
    wanted = ApplicationRequest(visit_id=visit_id, card_number=CARD, offer_code=offer.code)
    return ApplicationView.model_validate_json(hall.kiosk.post("/applications", wanted).content)


def test_the_counter_issues_from_the_kiosks_application(hall, person):
    visit = "visit-to-counter"
    application = apply_at_kiosk(hall, visit)
    case = hall.kiosk.escalate(
        **mismatch(visit_id=visit, application_id=application.id, offer_code=application.offer.code)
    )
    clerk = person("clerk")
    clerk.claim(case.id)
    clerk.decide(case.id, "to_counter")
    assert case.id in clerk._get("/").cases or f"/counter/{case.id}" in clerk._text("/counter")
    counter = person("clerk2")
    assert application.offer.title.zh_hans in counter._text("/counter")
    assert application.number in counter._text(f"/counter/{case.id}")
    with pytest.raises(StaffRefused):
        counter.issue_at_counter(case.id, seen_in_person=True)
    counter.issue_at_counter(case.id, seen_in_person=True, fee_taken=True)
    assert hall.kiosk.case(case.id).stage == "closed"
    assert f"/counter/{case.id}" not in counter._text("/counter")
    with pytest.raises(StaffRefused):
        counter.issue_at_counter(case.id, seen_in_person=True, fee_taken=True)


def test_a_card_without_record_is_linked_to_the_person_found(hall, person):
    visit, card = "visit-without-record", "CC4567893"
    proof = ChipProof(dg1=picture(dg1(card, "960308", "341101")))
    request = OffersRequest(visit_id=visit, card_number=card, proof=proof)
    answer = OffersAnswer.model_validate_json(hall.kiosk.post("/offers", request).content)
    assert not answer.record_found
    case = hall.kiosk.escalate("no_record", visit_id=visit, card_number=card, card_inside=True)
    clerk, leader = person("clerk"), person("leader")
    clerk.claim(case.id)
    with pytest.raises(StaffRefused):
        clerk.decide(case.id, "record_linked")
    page = f"/cases/{case.id}?find=%E7%BD%97%E5%AD%90%E8%B0%A6"
    form = clerk._get(page).form("/decide", kind="record_linked")
    assert len(form.choices["resident_id"]) == 1
    clerk._send(f"/cases/{case.id}/decide", form.filled(), page)
    leader.approve(case.id)
    assert hall.kiosk.case(case.id).decision.kind == "record_linked"
    again = OffersAnswer.model_validate_json(hall.kiosk.post("/offers", request).content)
    assert again.record_found
