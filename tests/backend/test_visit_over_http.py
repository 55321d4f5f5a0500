"""Whole visits between the kiosk's client and the real server process, staff in another process.

The tests' own process plays staff through the services on the same SQLite file, so a change
must cross processes to reach a waiting kiosk.
"""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from backend.approvals.services import answer
from backend.audit.services import verify
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide
from backend.fleet.services import revoke
from backend.records.models import HeldEndorsement
from backend.refusal import Refused
from backend_client import contract as c
from backend_client.client import KioskClient, ServerRefused
from tests.backend import world

OFFER = "G-HKG-3M-1"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[world.Served]:
    data: Path = tmp_path_factory.mktemp("hall")
    world.fresh_database(data)
    with world.served(data) as running:
        yield running
    world.connections.close_all()


@pytest.fixture(scope="module")
def client(server: world.Served) -> Iterator[KioskClient]:
    kiosk = KioskClient(server.url, world.enrol("3"))
    yield kiosk
    kiosk.close()


def read_chip(client: KioskClient, visit: str, card: str) -> c.OffersAnswer:
    offers = client.offers(
        c.OffersRequest(visit_id=visit, card_number=card, proof=wire(world.proof(card)))
    )
    wanted = c.RecordPortraitRequest(
        visit_id=visit, card_number=card, proof=wire(world.proof(card))
    )
    portrait = client.record_portrait(wanted).portrait
    assert portrait is not None
    assert portrait.startswith(b"\xff\xd8\xff")
    return offers


def wire(proof: c.ChipProof) -> c.ChipProof:
    return c.ChipProof.model_validate_json(proof.model_dump_json())


def pay_and_print(client: KioskClient, visit: str, card: str, made: c.ApplicationView) -> None:
    """Pay by phone while the kiosk waits, take the order, print, report, end."""
    payment = client.start_payment(made.id, c.PaymentRequest(visit_id=visit))
    assert payment.state is c.PaymentState.PENDING
    phone = threading.Timer(0.4, lambda: requests.post(payment.qr_text, timeout=10))
    phone.start()
    began = time.monotonic()
    paid = client.payment(payment.id, wait_s=10)
    assert paid.state is c.PaymentState.PAID
    assert 0.3 < time.monotonic() - began < 2.0
    phone.join()
    order = client.order(made.id, c.OrderRequest(visit_id=visit, card_number=card))
    token = c.FencingToken(fencing_token=order.fencing_token)
    assert client.begin_printing(order.id, token).state is c.OrderState.PRINTING
    report = c.PrintReport(
        fencing_token=order.fencing_token,
        outcome="printed",
        evidence=c.Evidence.REPORTED_BY_DEVICE,
    )
    assert client.report_print(order.id, report).state is c.OrderState.PRINTED
    client.end_visit(visit, c.VisitEnd(outcome="issued", card="out", application_id=made.id))
    assert HeldEndorsement.objects.get(permit_id=card).number == order.new.number


def test_a_resident_who_is_recognised(client):
    world.add_resident("CA0000011")
    offers = read_chip(client, "v-a", "CA0000011")
    assert OFFER in {offer.code for offer in offers.offers}
    made = client.apply(
        c.ApplicationRequest(
            visit_id="v-a",
            card_number="CA0000011",
            offer_code=OFFER,
            match=world.match_report(),
        )
    )
    assert (made.identified, made.settled) == (True, False)
    pay_and_print(client, "v-a", "CA0000011", made)
    assert verify().ok


def test_a_resident_whom_a_clerk_accepts_and_a_second_person_approves(client):
    card = "CA0000022"
    world.add_resident(card)
    read_chip(client, "v-b", card)
    clerk, approver = world.add_staff("clerk", desk="5"), world.add_staff("approver")
    case = client.open_case(
        world.case_request("case-b", visit_id="v-b", card_number=card), key="case-b"
    )
    assert case.staff_signed_in
    seen: list[tuple[str, float]] = []
    done = threading.Event()

    def kiosk_waits() -> None:
        version = case.version
        while not done.is_set():
            view = client.case("case-b", after=version, wait_s=10)
            version = view.version
            seen.append((view.stage.value, time.monotonic()))
            if view.decision is not None:
                return

    waiting = threading.Thread(target=kiosk_waits)
    waiting.start()
    time.sleep(0.3)
    claim("case-b", clerk)
    decision = decide("case-b", clerk, DecisionInput(c.DecisionKind.IDENTITY_ACCEPTED, "accepted"))
    time.sleep(0.3)
    answer(decision.id, approver, granted=True)
    decided = time.monotonic()
    waiting.join(10)
    done.set()
    assert seen[-1][0] == "decided"
    assert seen[-1][1] - decided < 1.0
    assert "approval" in {stage for stage, _ in seen}
    made = client.apply(
        c.ApplicationRequest(visit_id="v-b", card_number=card, offer_code=OFFER, case_id="case-b")
    )
    assert made.identified
    pay_and_print(client, "v-b", card, made)
    assert client.case("case-b").stage is c.CaseStage.CLOSED
    assert verify().ok


@pytest.mark.parametrize(
    "reason", ["liveness_alarm", "face_check_declined", "portrait_not_matched"]
)
def test_after_a_doubt_only_who_has_seen_the_resident_may_accept(client, reason):
    """Neither a later match nor a later case of the visit takes the doubt back."""
    number = {"liveness_alarm": "33", "face_check_declined": "44"}.get(reason, "55")
    card, visit = f"CA00000{number}", f"v-{number}"
    world.add_resident(card)
    read_chip(client, visit, card)
    clerk, approver = (world.add_staff(f"{role}{number}", role) for role in ("clerk", "approver"))
    doubt = f"case-{number}-1"
    alarm = world.try_report(liveness=world.liveness("alarm", "wrong_move"))
    client.open_case(
        world.case_request(
            doubt, visit_id=visit, card_number=card, reason=reason, tries=(alarm.model_dump(),)
        ),
        key=doubt,
    )
    applying = c.ApplicationRequest(
        visit_id=visit,
        card_number=card,
        offer_code=OFFER,
        match=world.match_report().model_copy(update={"liveness": world.liveness()}),
    )
    assert not client.apply(applying).identified  # a match, and even one with liveness passed

    later = f"case-{number}-2"
    client.open_case(world.case_request(later, visit_id=visit, card_number=card), key=later)
    for case_id in (doubt, later):
        claim(case_id, clerk)
        with pytest.raises(Refused) as caught:
            decide(case_id, clerk, DecisionInput(c.DecisionKind.IDENTITY_ACCEPTED, "accepted"))
        assert caught.value.code is c.RefusalCode.BAD_REQUEST
        assert client.case(case_id).decision is None
    accepted = DecisionInput(c.DecisionKind.IDENTITY_ACCEPTED, "accepted", seen_in_person=True)
    answer(decide(later, clerk, accepted).id, approver, granted=True)
    by_person = applying.model_copy(update={"match": None, "case_id": later})
    assert client.apply(by_person).identified
    assert verify().ok


def test_a_wait_without_news_ends_with_the_same_view(client):
    case = client.open_case(world.case_request("case-w", visit_id="v-w"))
    newest = client.case("case-w")
    began = time.monotonic()
    view = client.case("case-w", after=newest.version, wait_s=1.0)
    assert time.monotonic() - began > 0.9
    assert view == newest
    assert case.ticket == view.ticket


def test_many_waiting_kiosks_hold_no_connection(server, client):
    """Twenty waits at once, and the server still answers others at once."""
    client.open_case(world.case_request("case-m", visit_id="v-m"))
    newest = client.case("case-m")

    def wait(_: int) -> float:
        began = time.monotonic()
        client.case("case-m", after=newest.version, wait_s=6)
        return time.monotonic() - began

    waiting = threading.Thread(target=lambda: results.extend(world.at_once(20, wait)))
    results: list[float | Exception] = []
    waiting.start()
    time.sleep(3.0)
    connected = min(open_files(server, "hall.sqlite3") for _ in range(20))
    began = time.monotonic()
    client.heartbeat(c.Heartbeat(phase="attract", version="1", devices={}))
    assert time.monotonic() - began < 1.0
    waiting.join(20)
    assert not [result for result in results if isinstance(result, Exception)]
    assert connected <= 4


def open_files(server: world.Served, name: str) -> int:
    """Count the server's open handles of a file, by what the kernel says."""
    handles = Path(f"/proc/{server.process.pid}/fd").iterdir()
    found = 0
    for handle in handles:
        try:
            found += handle.readlink().name == name
        except OSError:
            continue
    return found


def test_heartbeats_store_the_devices_and_release_a_held_card(client):
    technician = world.add_staff("technician")
    ready = {"card_printer": c.DeviceReport(state="ready")}
    beat = c.Heartbeat(phase="out_of_service", version="1.2", devices=ready, card_held=True)
    assert not client.heartbeat(beat).release_held_card
    from backend.fleet.services import ask_release

    ask_release("3", technician)
    assert client.heartbeat(beat).release_held_card
    free = beat.model_copy(update={"card_held": False, "phase": "attract"})
    assert not client.heartbeat(free).release_held_card
    kiosk = world.Kiosk.objects.get(id="3")
    assert (kiosk.phase, kiosk.version, kiosk.card_held) == ("attract", "1.2", False)
    assert kiosk.devices["card_printer"]["state"] == "ready"


def test_a_revoked_credential_is_refused(server):
    gone = KioskClient(server.url, world.enrol("7"))
    beat = c.Heartbeat(phase="attract", version="1", devices={})
    gone.heartbeat(beat)
    revoke("7")
    for credential in (None, "7.wrong", "nonsense"):
        refused = gone if credential is None else KioskClient(server.url, credential)
        with pytest.raises(ServerRefused) as caught:
            refused.heartbeat(beat)
        assert caught.value.code is c.RefusalCode.NOT_ENROLLED


def test_another_kiosks_case_and_payment_are_not_found(server, client):
    client.open_case(world.case_request("case-x", visit_id="v-x"))
    other = KioskClient(server.url, world.enrol("9"))
    with pytest.raises(ServerRefused) as caught:
        other.case("case-x")
    assert caught.value.code is c.RefusalCode.NOT_FOUND


def test_a_parked_case_goes_on_at_another_kiosk_over_http(client, server):
    card, face = "C31313131", world.jpeg(31)
    world.add_resident(card, surname="GAO", given="SHAN")
    read_chip(client, "park-1", card)
    wanted = world.case_request(
        "case-parked", visit_id="park-1", card_number=card, live_portrait=c.picture(face)
    )
    client.open_case(wanted)
    client.leave_case("case-parked", c.LeaveRequest(card="out"))
    clerk, approver = world.add_staff("clerk-p", "clerk"), world.add_staff("approver-p", "approver")
    claim("case-parked", clerk)
    made = decide("case-parked", clerk, DecisionInput(c.DecisionKind.IDENTITY_ACCEPTED))
    answer(made.id, approver, granted=True)

    other = KioskClient(server.url, world.enrol("5"))
    proof = wire(world.proof(card))
    found = other.parked_case(c.ParkedRequest(visit_id="park-2", card_number=card, proof=proof))
    assert found.case is not None
    resuming = c.ResumeRequest(visit_id="park-2", card_number=card, proof=proof)
    taken = other.resume_case(found.case.id, resuming)
    assert taken.compare_with == face
    assert taken.case.decision is not None
    with pytest.raises(ServerRefused) as stale:
        client.case("case-parked")
    assert stale.value.code == c.RefusalCode.STALE_TOKEN
    assert other.case("case-parked", session=taken.case.session).stage == "decided"
    report = world.match_report(references=("case",))
    same = c.SamePersonRequest(visit_id="park-2", session=taken.case.session, match=report)
    assert other.same_person("case-parked", same).same
    applied = c.ApplicationRequest(
        visit_id="park-2", card_number=card, offer_code=OFFER, case_id="case-parked"
    )
    read_chip(other, "park-2", card)
    assert other.apply(applied).identified
    other.close()


def test_portraits_lie_on_the_disk_encrypted_only(server, client):
    # The last test: closing these files ends this process's locks on them, and SQLite's with them.
    picture = world.jpeg(201)
    client.open_case(world.case_request("case-p", visit_id="v-p", live_portrait=c.picture(picture)))
    needle = picture[20:60]
    for path in server.data.glob("hall.sqlite3*"):
        assert needle not in path.read_bytes()
        assert c.picture(picture)[20:60] not in path.read_bytes()
    for name in ("secret.key", "evidence.key", "staff.key"):
        assert (server.data / name).stat().st_mode & 0o777 == 0o600
