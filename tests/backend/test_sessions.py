"""A session is read together with its account, in one query, and says what is so at that moment."""

import asyncio
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from backend.accounts.asking import account_of_request, session_and_account
from backend.accounts.models import Delegation, Presence, StaffProfile, StaffSession
from backend.accounts.sessions import SessionStore, forget_ended_sessions, signed_in_account
from backend.accounts.standing import standing_of
from backend.cases.claims import claim
from backend.cases.opening import open_case
from backend.clock import ago, ahead, now
from backend.console import live
from tests.backend import world

SIGN_IN = "/login"


@pytest.fixture
def clerk(database):
    return world.add_staff("clerk", desk="3")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def key_of(client: Client) -> str:
    return client.session.session_key


def lend(lender, receiver, role="duty_leader") -> Delegation:
    moment, hour = now(), timedelta(hours=1)
    return Delegation.objects.create(
        lender=lender,
        receiver=receiver,
        role=role,
        starts_at=moment - hour,
        ends_at=moment + hour,
        made_by=lender,
        made_at=moment,
    )


def may_enter(client: Client) -> bool:
    answer = client.get("/")
    assert answer.status_code in (200, 302)
    assert answer.status_code == 200 or answer["Location"].startswith(SIGN_IN)
    return answer.status_code == 200


def test_the_account_is_read_with_its_session(clerk):
    key = key_of(signed_in(clerk))
    with CaptureQueriesContext(connection) as asked:
        data, account = session_and_account(key)
    assert len(asked) == 1
    assert data == StaffSession.objects.get(pk=key).session_data
    assert account == clerk
    assert standing_of(account) == standing_of(account_of_request(clerk.pk))


@pytest.mark.parametrize("own", [(), ("clerk",), ("clerk", "approver", "auditor")])
@pytest.mark.parametrize("lenders", [0, 1, 2])
def test_it_has_the_roles_that_an_account_read_by_itself_has(clerk, own, lenders):
    clerk.groups.set(Group.objects.filter(name__in=own))
    for number in range(lenders):
        lend(world.add_staff(f"leader{number}", "duty_leader"), clerk)
    ended = lend(world.add_staff("technician", "technician"), clerk, "technician")
    Delegation.objects.filter(pk=ended.pk).update(ended_at=now())
    _, account = session_and_account(key_of(signed_in(clerk)))
    assert standing_of(account) == standing_of(account_of_request(clerk.pk))
    assert standing_of(account).roles == {*own, *(["duty_leader"] if lenders else [])}


def test_a_late_claim_asks_the_database_twice(kiosk, clerk):
    """Fifty clerks may reach in one moment: who asks, and who has the case."""
    open_case(kiosk, world.case_request())
    claim("case-1", world.add_staff("faster", "clerk"))
    client = signed_in(clerk)
    with CaptureQueriesContext(connection) as asked:
        answer = client.post("/cases/case-1/claim")
    assert answer.status_code == 302
    assert len(asked) == 2, [query["sql"] for query in asked]


def test_nobody_is_signed_in_by_a_session_that_ended_or_was_never_there(clerk):
    client = signed_in(clerk)
    assert may_enter(client)
    StaffSession.objects.update(expire_date=ago(1))
    assert not may_enter(client)
    stranger = Client()
    stranger.cookies["sessionid"] = "a" * 32
    assert not may_enter(stranger)
    assert session_and_account("") is None


def test_what_changes_between_two_requests_holds_for_the_second(clerk):
    client = signed_in(clerk)
    assert may_enter(client)
    clerk.is_active = False
    clerk.save()
    assert not may_enter(client)
    clerk.is_active = True
    clerk.save()
    assert may_enter(client)
    clerk.set_password("a new one, long enough")
    clerk.save()
    assert not may_enter(client), "a new password ends the sessions of the old one"


def test_an_account_that_was_read_along_serves_one_request(clerk):
    other = world.add_staff("other", "clerk")
    assert may_enter(signed_in(clerk))
    session_and_account(key_of(signed_in(clerk)))
    assert signed_in_account(other.pk) == other
    assert signed_in_account(clerk.pk) == clerk
    clerk.first_name = "Renamed"
    clerk.save()
    assert signed_in_account(clerk.pk).first_name == "Renamed"


def test_signing_out_leaves_no_session_and_a_visitor_has_no_account(clerk):
    client = signed_in(clerk)
    assert StaffSession.objects.get().account == clerk
    client.post("/logout")
    assert not StaffSession.objects.filter(account=clerk).exists()
    session = client.session
    session["seen"] = 1
    session.save()
    data, account = session_and_account(session.session_key)
    assert data
    assert account is None
    assert not may_enter(client)


def test_sessions_whose_time_is_over_are_deleted(clerk):
    kept, ended = key_of(signed_in(clerk)), key_of(signed_in(clerk))
    StaffSession.objects.filter(pk=ended).update(expire_date=ago(1))
    StaffSession.objects.filter(pk=kept).update(expire_date=ahead(1))
    assert forget_ended_sessions() == 1
    assert [session.pk for session in StaffSession.objects.all()] == [kept]


@pytest.mark.parametrize(
    "ended_by", ["signing out", "another password", "given password", "no roles"]
)
def test_an_open_page_is_told_nothing_more_once_its_reader_is_gone(clerk, monkeypatch, ended_by):
    monkeypatch.setattr(live, "TICK_S", 0.05)
    client = signed_in(clerk)
    request = RequestFactory().get("/live/stream")
    request.session, request.user = SessionStore(key_of(client)), clerk
    events = live.stream(request).streaming_content

    def end() -> None:
        if ended_by == "signing out":
            client.post("/logout")
        elif ended_by == "another password":
            clerk.set_password("a new one, long enough")
            clerk.save()
        elif ended_by == "given password":
            StaffProfile.objects.filter(user=clerk).update(must_change_password=True)
        else:
            clerk.groups.clear()
        connections.close_all()  # this thread's own

    async def read() -> None:
        heard = 0
        async with asyncio.timeout(20):
            async for text in events:
                heard += b"still here" in text
                if heard == 2:
                    await asyncio.to_thread(end)
                assert heard < 4, "it goes on"

    asyncio.run(read())
    if ended_by == "signing out":
        assert not Presence.objects.filter(user=clerk).exists(), "a page left open is nobody"
