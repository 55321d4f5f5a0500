"""Who is here, at which desk, who is away; and that kiosks know when nobody is."""

import pytest

from backend.accounts import presence
from backend.accounts.asking import account_of_request
from backend.accounts.models import Presence
from backend.accounts.services import desk_of
from backend.audit.models import AuditEvent
from backend.cases.opening import open_case
from backend.cases.timers import run_timers
from backend.cases.view import case_view
from backend.clock import ago
from backend.config import hall
from backend.fleet.services import heartbeat
from backend.live.services import current_version
from backend_client.contract import Heartbeat
from tests.backend import world


def test_who_is_away_is_not_there_for_residents(kiosk):
    clerk = world.add_staff("clerk", desk="3")
    case = open_case(kiosk, world.case_request())
    assert case_view(case).staff_signed_in
    presence.set_away(clerk, away=True)
    assert not case_view(case).staff_signed_in
    beat = Heartbeat(phase="attract", version="1", devices={}, card_held=False)
    assert not heartbeat(kiosk, beat).staff_signed_in
    presence.touch_presence(clerk)
    assert not presence.staff_signed_in(), "an open page does not bring anybody back"
    presence.set_away(clerk, away=False)
    assert case_view(case).staff_signed_in
    kinds = AuditEvent.objects.filter(kind__startswith="staff.").values_list("kind", flat=True)
    assert list(kinds) == ["staff.away", "staff.back"]


@pytest.mark.parametrize("who", ["clerk", "technician", "gone", "away", "inactive", "nobody"])
def test_the_written_out_statement_finds_who_the_rule_finds(database, who):
    if who != "nobody":
        user = world.add_staff("user", "technician" if who == "technician" else "clerk")
        user.is_active = who != "inactive"
        user.save()
        presence.set_away(user, away=who == "away")
    if who == "gone":
        Presence.objects.update(seen_at=ago(hall().timers.presence_s + 1))
    assert presence.staff_signed_in() == (presence.present_staff() > 0) == (who == "clerk")


def test_only_what_is_half_over_is_written_down_by_a_page_but_a_stream_always_does(database):
    clerk = world.add_staff("clerk")
    seen = Presence.objects.values_list("seen_at", flat=True).get
    for share, page_writes in ((0.4, False), (0.6, True)):
        then = ago(hall().timers.presence_s * share)
        Presence.objects.update(seen_at=then)
        presence.touch_presence(account_of_request(clerk.pk))
        assert (seen() > then) == page_writes
    before = seen()
    presence.note_presence(clerk)
    assert seen() > before


def test_a_page_that_is_gone_wakes_the_kiosks_that_wait(kiosk):
    clerk = world.add_staff("clerk")
    before = current_version()
    run_timers()
    assert current_version() == before
    Presence.objects.filter(user=clerk).update(seen_at=ago(hall().timers.presence_s + 1))
    run_timers()
    assert current_version() > before
    assert not Presence.objects.exists()


def test_colleagues_are_listed_with_desk_and_state(database):
    clerk = world.add_staff("clerk", desk="3")
    world.add_staff("technician")
    presence.set_away(clerk, away=True)
    people = {person.name: person for person in presence.colleagues()}
    assert people["clerk"].away
    assert people["clerk"].desk == "3"
    assert not people["technician"].claims
    assert [person.away for person in presence.colleagues()] == [False, True]


def test_a_desk_is_changed_by_who_sits_there(kiosk):
    clerk = world.add_staff("clerk", desk="3")
    presence.set_desk(clerk, "  window   7 " + "x" * 90)
    assert desk_of(clerk).startswith("window 7 x")
    assert len(desk_of(clerk)) == presence.DESK_LENGTH
