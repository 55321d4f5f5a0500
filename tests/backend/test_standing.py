"""What a request reads of its account once is what the database says, own and lent roles alike."""

from datetime import timedelta

import pytest

from backend.accounts.asking import account_of_request
from backend.accounts.models import Delegation
from backend.accounts.presence import is_away, set_away, set_desk
from backend.accounts.roles import all_roles, lent_roles, own_roles
from backend.accounts.services import desk_of, has_right, must_change_password
from backend.accounts.standing import standing_of
from backend.clock import now
from backend.fleet.services import enrol, recognise, revoke
from tests.backend import world


def both(user) -> frozenset[str]:
    return own_roles(user) | lent_roles(user)


def test_what_is_read_once_is_what_the_database_says(database):
    clerk = world.add_staff("clerk", desk="3")
    read = account_of_request(clerk.pk)
    assert read == clerk
    standing = standing_of(read)
    assert standing.roles == both(clerk) == {"clerk"}
    assert standing.seen_recently
    assert desk_of(read) == desk_of(clerk) == "3"
    assert not is_away(read)
    assert not must_change_password(read)
    clerk.refresh_from_db()
    for name in (field.attname for field in world.User._meta.concrete_fields):
        assert getattr(read, name) == getattr(clerk, name), name
    set_away(clerk, away=True)
    set_desk(clerk, "4")
    clerk.profile.must_change_password = True
    clerk.profile.save()
    assert not is_away(read), "a request goes by what it read as it began"
    again = account_of_request(clerk.pk)
    assert is_away(again)
    assert must_change_password(again)
    assert has_right(again, "claim")


def test_an_account_that_is_not_there_makes_no_request(database):
    assert account_of_request(4711) is None


def test_who_never_came_to_the_console_has_a_standing_too(database):
    user = world.User.objects.create(username="bare")
    standing = standing_of(account_of_request(user.pk))
    assert (standing.roles, standing.desk, standing.seen_recently) == (frozenset(), "", False)


@pytest.mark.parametrize("spoil", ["nothing", "not yet", "over", "ended", "inactive", "role lost"])
def test_the_written_out_statement_finds_the_roles_that_the_rule_finds(database, spoil):
    lender, receiver = world.add_staff("leader", "duty_leader"), world.add_staff("clerk")
    moment = now()
    hour = timedelta(hours=1)
    lent = Delegation.objects.create(
        lender=lender,
        receiver=receiver,
        role="duty_leader",
        starts_at=moment - hour,
        ends_at=moment + hour,
        made_by=lender,
        made_at=moment,
    )
    match spoil:
        case "not yet":
            lent.starts_at = moment + hour
        case "over":
            lent.ends_at = moment - timedelta(seconds=1)
        case "ended":
            lent.ended_at = moment
        case "inactive":
            lender.is_active = False
        case "role lost":
            lender.groups.clear()
    lent.save()
    lender.save()
    expected = {"clerk", "duty_leader"} if spoil == "nothing" else {"clerk"}
    assert all_roles(receiver) == both(receiver) == expected


def test_a_kiosk_that_is_recognised_is_read_as_it_is(kiosk):
    kiosk.phase, kiosk.devices, kiosk.card_held = "pay", {"camera": {"state": "ready"}}, True
    kiosk.save()
    credential = enrol(kiosk.id)
    read, stored = recognise(credential), type(kiosk).objects.get(id=kiosk.id)
    for name in (field.attname for field in stored._meta.concrete_fields):
        assert getattr(read, name) == getattr(stored, name), name
    assert recognise(credential + "x") is recognise(f"no-{credential}") is recognise("") is None
    assert revoke(kiosk.id)
    assert recognise(credential) is None
