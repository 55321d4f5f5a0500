"""Accounts, second factor and settings as their forms are sent, in a server of this process."""

import re

import pyotp
import pytest
from django.test import Client

from backend.accounts import second_factor as sf
from backend.accounts.models import Delegation, SecondFactor, StaffProfile
from backend.accounts.services import roles_of
from backend.approvals.models import Review
from backend.audit.models import AuditEvent
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide
from backend.cases.models import Decision
from backend.cases.opening import open_case
from backend_client.contract import DecisionKind
from tests.backend import world

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SECRET_OF = re.compile(r'class="secret figures">([^<]+)<')


def code(secret: str = SEED) -> str:
    return pyotp.TOTP(secret).now()


def session(user, *, enrolled: bool = True) -> Client:
    if enrolled:
        sf.put_in_use(user, SEED)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def admin(database):
    return world.add_staff("administrator")


@pytest.fixture
def waiting(kiosk):
    """A decision that waits for an approver's word."""
    open_case(kiosk, world.case_request())
    clerk = world.add_staff("clerk")
    claim("case-1", clerk)
    return decide("case-1", clerk, DecisionInput(DecisionKind.IDENTITY_ACCEPTED))


def approve(client, decision, **fields):
    form = {"decision": decision.pk, "word": "approve", **fields}
    return client.post(f"/cases/{decision.case_id}/answer", form, follow=True)


def state(decision) -> str:
    return Decision.objects.get(pk=decision.pk).state


def test_the_first_approval_of_a_shift_asks_for_a_code_and_the_second_does_not(waiting, kiosk):
    client = session(world.add_staff("approver"))
    page = text(client.get("/cases/case-1?look=1"))
    assert 'name="code"' in page
    assert "Type the six digits" in text(approve(client, waiting))
    assert state(waiting) == "proposed"
    assert "Approved." in text(approve(client, waiting, code=code()))
    assert state(waiting) == "in_force"
    open_case(kiosk, world.case_request("case-2", visit_id="visit-2"))
    clerk = world.User.objects.get(username="clerk")
    claim("case-2", clerk)
    second = decide("case-2", clerk, DecisionInput(DecisionKind.IDENTITY_ACCEPTED))
    assert 'name="code"' not in text(client.get("/cases/case-2?look=1"))
    assert "Approved." in text(approve(client, second))


def test_a_code_opens_one_browser_session_and_counts_in_no_other(waiting):
    user = world.add_staff("approver")
    first, stolen = session(user), session(user)
    shown = code()
    form = {"decision": 0, "word": "approve", "code": shown}
    first.post("/cases/case-1/answer", form)
    assert "used already" in text(approve(stolen, waiting, code=shown))
    assert state(waiting) == "proposed"


def test_a_reset_factor_ends_what_was_proven_with_it(waiting, admin):
    user = world.add_staff("approver")
    client = session(user)
    client.post("/cases/case-1/answer", {"decision": 0, "word": "approve", "code": code()})
    sf.reset(user, admin)
    assert "no authenticator yet" in text(approve(client, waiting))
    assert state(waiting) == "proposed"


def test_a_mark_lasts_one_shift(waiting, tmp_path):
    client = session(world.add_staff("approver"))
    client.post("/cases/case-1/answer", {"decision": 0, "word": "approve", "code": code()})
    kept = dict(client.session["second_factor"])
    assert 'name="code"' not in text(client.get("/cases/case-1?look=1"))
    store = client.session
    store["second_factor"] = {**kept, "at": "2026-01-01T00:00:00+00:00"}
    store.save()
    assert 'name="code"' in text(client.get("/cases/case-1?look=1"))


def test_enrolment_needs_the_password_and_shows_the_secret_to_that_session_alone(database):
    user = world.add_staff("approver")
    client, other = session(user, enrolled=False), session(user, enrolled=False)
    refused = client.post("/account/factor", {"password": "guess"}, follow=True)
    assert "present password is wrong" in text(refused)
    assert not SecondFactor.objects.exists()
    page = text(client.post("/account/factor", {"password": "password of approver"}, follow=True))
    secret = SECRET_OF.search(page)[1].replace(" ", "")
    assert "<svg" in page
    assert not SECRET_OF.search(text(other.get("/account")))
    done = client.post("/account/factor/confirm", {"code": code(secret)}, follow=True)
    assert "in use now" in text(done)
    assert secret[:4] not in text(client.get("/account"))
    again = client.post("/account/factor", {"password": "password of approver"}, follow=True)
    assert "in use already" in text(again)


def new_account(client, **fields):
    form = {"username": "li", "display_name": "李", "roles": ["clerk"], "desk": "7", **fields}
    return client.post("/accounts/create", form, follow=True)


def test_an_administrator_makes_an_account_that_chooses_its_own_password(admin):
    client = session(admin)
    page = text(new_account(client, code=code()))
    password = SECRET_OF.search(page)[1]
    assert password not in text(client.get("/accounts"))
    li = Client()
    assert li.post("/login", {"username": "li", "password": password}).status_code == 302
    assert li.get("/")["Location"] == "/account"
    assert li.get("/live/stream").status_code == 403, "no page is open to it yet"
    assert "data-stream" not in text(li.get("/account")), "it would say that the server is away"
    weak = {"old": password, "new": "password1234", "again": "password1234"}
    li.post("/account/password", weak)
    assert StaffProfile.objects.get(user__username="li").must_change_password
    good = {"old": password, "new": "seven rivers meet", "again": "seven rivers meet"}
    li.post("/account/password", good)
    assert li.get("/").status_code == 200
    assert li.get("/live/stream").status_code == 200
    assert "data-stream" in text(li.get("/account"))
    assert Client().post("/login", {"username": "li", "password": password}).status_code == 403


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"username": "a b"}, "2 to 32"),
        ({"username": "ADMINISTRATOR"}, "is taken"),
        ({"roles": []}, "at least one role"),
        ({"roles": ["king"]}, "at least one role"),
        ({"display_name": "  "}, "1 to 60"),
        ({"desk": "x" * 61}, "at most 60"),
        ({"code": "000"}, "wrong"),
    ],
)
def test_what_is_unfit_makes_no_account(admin, fields, said):
    assert said in text(new_account(session(admin), **{"code": code(), **fields}))
    assert world.User.objects.count() == 1


def test_lock_reset_and_roles_take_effect_at_once(admin):
    client = session(admin)
    clerk = world.add_staff("clerk")
    at_desk = session(clerk)
    page = f"/accounts/{clerk.pk}"
    form = {"display_name": "clerk", "roles": ["approver"], "code": code()}
    assert "Saved." in text(client.post(f"{page}/change", form, follow=True))
    assert roles_of(clerk) == {"approver"}
    assert at_desk.get("/approvals").status_code == 200
    client.post(f"{page}/factor")
    assert not sf.is_enrolled(clerk)
    client.post(f"{page}/lock")
    assert at_desk.get("/approvals").status_code == 302
    client.post(f"{page}/unlock")
    at_desk = session(clerk)
    assert at_desk.get("/approvals").status_code == 200
    assert SECRET_OF.search(text(client.post(f"{page}/password")))
    assert at_desk.get("/approvals").status_code == 302
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    wanted = ("changed", "locked", "unlocked")
    assert {f"staff.account_{what}" for what in wanted} <= kinds
    assert {"staff.password_set", "staff.factor_reset", "staff.factor_passed"} <= kinds


def test_nobody_changes_their_own_rights(admin):
    client = session(admin)
    page = f"/accounts/{admin.pk}"
    form = {"display_name": "me", "roles": ["administrator", "duty_leader"], "code": code()}
    client.post(f"{page}/change", form)
    assert roles_of(admin) == {"administrator"}
    for verb in ("lock", "factor", "password"):
        client.post(f"{page}/{verb}")
    admin.refresh_from_db()
    assert admin.is_active
    assert sf.is_enrolled(admin)


def test_a_role_is_lent_on_the_page_and_given_back(database):
    approver, clerk = world.add_staff("approver"), world.add_staff("clerk")
    client = session(approver)
    page = text(client.get("/delegations"))
    form = {
        "lender": f"{approver.pk}:approver",
        "receiver": clerk.pk,
        **dict(re.findall(r'name="((?:starts|ends)_at)" value="([^"]+)"', page)),
        "code": code(),
    }
    assert "Done." in text(client.post("/delegations/make", form, follow=True))
    assert roles_of(clerk) == {"clerk", "approver"}
    for spoilt in ({"ends_at": "soon"}, {"receiver": "9" * 30}, {"lender": ":"}):
        client.post("/delegations/make", {**form, **spoilt})
    assert Delegation.objects.count() == 1
    end = f"/delegations/{Delegation.objects.get().pk}/end"
    assert "Ended." in text(session(clerk, enrolled=False).post(end, follow=True))
    assert roles_of(clerk) == {"clerk"}


def test_glass_is_broken_and_reviewed_on_the_pages(waiting):
    leader = session(world.add_staff("leader", "duty_leader"))
    assert "Break the glass" in text(leader.get("/cases/case-1?look=1"))
    form = {"decision": waiting.pk, "reason": "no approver here, train at 9", "code": code()}
    done = leader.post("/cases/case-1/break-glass", form, follow=True)
    assert "broke the glass" in text(done)
    assert state(waiting) == "in_force"
    assert "For somebody else" in text(leader.get("/reviews"))
    approver = session(world.add_staff("approver"))
    assert "Open and compare" in text(approver.get("/reviews"))
    assert 'name="verdict"' in text(approver.get("/cases/case-1?look=1"))
    review = Review.objects.get()
    Review.objects.update(due_at=review.asked_at)
    assert "overdue" in text(approver.get("/reviews"))
    page = f"/reviews/{review.pk}"
    short = approver.post(page, {"verdict": "disagree", "words": "no", "code": code()}, follow=True)
    assert "Say why" in text(short)
    approver.post(page, {"verdict": "disagree", "words": "the face is not hers"})
    assert "the face is not hers" in text(approver.get("/reviews"))
