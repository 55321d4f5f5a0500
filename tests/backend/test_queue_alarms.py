"""Timers as data: each rings once for its moment, is written down, and reaches the leader."""

import pytest

from backend.audit.models import AuditEvent
from backend.cases.alarms import due, ring_due
from backend.cases.claims import claim, give_back_run_out
from backend.cases.models import Alarm, Case
from backend.cases.opening import open_case
from backend.cases.residents_side import set_travel
from backend.clock import ago, ahead
from backend.config import ConfigError, hall, load
from backend.console.waiting import alerts_for
from backend_client import contract as c
from tests.backend import world


def rung() -> list[str]:
    return list(Alarm.objects.order_by("id").values_list("code", flat=True))


def test_unclaimed_rings_once_and_again_when_a_claim_lapsed(kiosk):
    clerk = world.add_staff("clerk")
    open_case(kiosk, world.case_request())
    assert ring_due() == 0
    Case.objects.update(created_at=ago(61))
    assert (ring_due(), ring_due()) == (1, 0)
    assert (Case.objects.get().level, Case.objects.get().alarm) == (1, "unclaimed")
    claim("case-1", clerk)
    Case.objects.update(claim_until=ago(1))
    give_back_run_out()
    assert ring_due() == 0, "it waits anew, so its minute begins anew"
    Case.objects.update(waiting_since=ago(61))
    assert ring_due() == 1
    assert rung() == ["unclaimed", "unclaimed"]
    assert AuditEvent.objects.filter(kind="case.raised").count() == 2


def test_undecided_calls_the_leader_even_while_somebody_has_it(kiosk):
    clerk, leader = world.add_staff("clerk"), world.add_staff("leader", "duty_leader")
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    assert alerts_for(leader) == []
    Case.objects.update(created_at=ago(301))
    assert ring_due() == 1
    assert Case.objects.get().level == 2
    assert [token for token, _ in alerts_for(leader)] == ["case:case-1:2:undecided"]
    assert alerts_for(clerk) == []


def test_a_near_departure_calls_the_leader_and_a_new_time_rings_anew(kiosk):
    open_case(kiosk, world.case_request())
    for seconds in (7300, 7100, 3600):
        set_travel(kiosk, "case-1", c.TravelRequest(depart_at=ahead(seconds), ground=None))
        ring_due()
    assert rung() == ["departure_near", "departure_near"]
    assert Case.objects.get().level == 2


def test_rings_at_once_from_two_workers_are_one(kiosk):
    open_case(kiosk, world.case_request())
    Case.objects.update(created_at=ago(61))
    results = world.at_once(4, lambda _: ring_due())
    assert sum(results) == 1
    assert len(rung()) == 1


def test_a_rule_may_concern_some_kinds_only(kiosk):
    open_case(kiosk, world.case_request())
    Case.objects.update(created_at=ago(4000))
    rules = {rule.code: [case.id for case in due(rule)] for rule in hall().alarms.alarm}
    assert rules["undecided"] == ["case-1"]
    assert rules["call_undecided"] == []


@pytest.mark.parametrize(
    ("file", "was", "becomes", "says"),
    [
        ("alarms", 'kinds = ["kiosk"]', 'kinds = ["kiosks"]', "kiosks is not one of kiosk, guide"),
        ("alarms", 'when = "undecided"', 'when = "undecded"', "alarm.1.when"),
        ("alarms", 'code = "undecided"', 'code = "unclaimed"', "must be different"),
        ("alarms", "seconds = 60", "seconds = 0", "alarm.0.seconds"),
        ("alarms", "seconds = 60", "secs = 60", "alarm.0.secs: unknown key"),
        ("messenger", 'url = ""', 'url = "ftp://x"', "url"),
        ("messenger", 'url = ""', 'url = "https://user:word@x"', "url"),
        ("messenger", "deadline_s = 5", "deadline_s = 0", "deadline_s"),
    ],
)
def test_a_wrong_rule_is_one_line(tmp_path, file, was, becomes, says):
    for path in (world.ROOT / "config" / "server").glob("*.toml"):
        text = path.read_text("utf-8")
        if path.stem == file:
            assert was in text
            text = text.replace(was, becomes, 1)
        (tmp_path / path.name).write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
