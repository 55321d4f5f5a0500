"""Timers as data: each rings once for its moment, is written down, and reaches the leader."""

import pytest

from backend.approvals.services import answer
from backend.audit.models import AuditEvent
from backend.cases.alarms import due, ring_due
from backend.cases.claims import claim, give_back_run_out
from backend.cases.decisions import DecisionInput, decide
from backend.cases.models import Alarm, Case, Decision
from backend.cases.opening import open_case
from backend.cases.residents_side import set_travel
from backend.cases.timers import run_timers
from backend.clock import ago, ahead, now
from backend.config import ConfigError, hall, load
from backend.console.queue_filter import QueueFilter
from backend.console.queue_rows import queue_list
from backend.console.settings_sheet import settings_sheet
from backend.console.texts import LANGUAGES
from backend.console.waiting import alerts_for
from backend_client import contract as c
from backend_client.contract import DecisionKind
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


ACCEPT = DecisionInput(DecisionKind.IDENTITY_ACCEPTED)


@pytest.fixture
def people(kiosk):
    return {
        "clerk": world.add_staff("clerk"),
        "approver": world.add_staff("approver"),
        "leader": world.add_staff("leader", "duty_leader"),
    }


def propose(people) -> Decision:
    claim("case-1", people["clerk"])
    return decide("case-1", people["clerk"], ACCEPT)


def heard(user) -> list[str]:
    return [token for token, _ in alerts_for(user)]


def test_an_approval_that_nobody_answers_rings_approvers_and_leader_once(kiosk, people):
    open_case(kiosk, world.case_request())
    Case.objects.update(created_at=ago(400))
    ring_due()
    asked = propose(people)
    before = heard(people["approver"]), heard(people["leader"])
    Decision.objects.update(made_at=ago(299))
    assert ring_due() == 0
    Decision.objects.update(made_at=ago(301))
    assert (ring_due(), ring_due()) == (1, 0)
    assert rung()[-1] == "approval_unanswered"
    assert (Case.objects.get().level, Case.objects.get().alarm) == (2, "approval_unanswered")
    after = heard(people["approver"]), heard(people["leader"])
    assert before[0] == [f"decision:{asked.pk}:0"]
    assert after[0] == [f"decision:{asked.pk}:1"], "a new token is a new sound"
    assert set(after[1]) - set(before[1]) >= {"case:case-1:2:approval_unanswered"}
    assert heard(people["clerk"]) == []


def test_the_next_approval_that_is_asked_has_a_timer_of_its_own(kiosk, people):
    open_case(kiosk, world.case_request())
    first = propose(people)
    Decision.objects.update(made_at=ago(301))
    ring_due()
    answer(first.id, people["approver"], granted=False)
    second = decide("case-1", people["clerk"], ACCEPT)
    assert ring_due() == 0
    assert heard(people["approver"]) == [f"decision:{second.pk}:0"]
    Decision.objects.filter(pk=second.pk).update(made_at=ago(302))
    assert ring_due() == 1
    assert heard(people["approver"]) == [f"decision:{second.pk}:1"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_row_says_that_an_approval_is_missing_while_it_is(kiosk, people, language):
    open_case(kiosk, world.case_request())
    made = propose(people)
    Decision.objects.update(made_at=ago(301))
    ring_due()

    def words() -> str:
        everything = QueueFilter()
        return queue_list(people["leader"], language, now(), "", everything).rows[0].alarm

    rule = hall().alarms.find("approval_unanswered")
    assert words() == getattr(rule.title, language.replace("-", "_"))
    answer(made.id, people["approver"], granted=False)
    assert words() == ""
    assert settings_sheet(hall(), None, language)


def test_what_is_open_for_days_rings_before_it_is_closed(kiosk, people):
    days = hall().timers.case_longest_h * 3600
    open_case(kiosk, world.case_request())
    Case.objects.update(created_at=ago(days - 86400 - 60))
    ring_due()
    assert "open_for_days" not in rung()
    Case.objects.update(created_at=ago(days - 86400 + 60))
    ring_due()
    assert rung().count("open_for_days") == 1
    Case.objects.update(created_at=ago(days + 60))
    run_timers()
    assert Case.objects.get().close_outcome == "too_old"


def test_a_decided_case_that_nobody_ends_rings_for_the_leader_too(kiosk, people):
    open_case(kiosk, world.case_request())
    claim("case-1", people["clerk"])
    decide("case-1", people["clerk"], DecisionInput(DecisionKind.TO_COUNTER))
    assert heard(people["leader"]) == []
    Case.objects.update(created_at=ago(hall().timers.case_longest_h * 3600 - 60))
    assert ring_due() == 1
    assert heard(people["leader"]) == ["case:case-1:2:open_for_days"]


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
