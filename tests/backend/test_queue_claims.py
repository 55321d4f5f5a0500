"""Who has a case: exactly one of many, across threads and processes; handing over, taking over."""

import os
import subprocess
import sys

import pytest

from backend.accounts import presence
from backend.accounts.models import Presence
from backend.audit.models import AuditEvent
from backend.audit.services import verify
from backend.cases import claims
from backend.cases.claims import claim, give_back_run_out, hand_over, release_all, renew, take_over
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.clock import ago
from backend.config import hall
from backend.live.services import current_version
from backend.refusal import Refused
from backend_client.contract import RefusalCode
from tests.backend import world

CLERK_PROCESS = """
import sys, django; django.setup()
from django.contrib.auth.models import User
from backend.cases.claims import claim
from backend.refusal import Refused
user = User.objects.get(username=sys.argv[1])
print("ready", flush=True); sys.stdin.readline()
for number in range(int(sys.argv[2])):
    try:
        claim(f"case-{number}", user); print("got", number, flush=True)
    except Refused as refused:
        print("lost", number, refused.code.value, flush=True)
"""


def refusal(call, *args) -> RefusalCode:
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value.code


def kinds(prefix="case.") -> list[str]:
    found = AuditEvent.objects.filter(kind__startswith=prefix).order_by("seq")
    return list(found.values_list("kind", flat=True))


@pytest.mark.slow
def test_processes_that_claim_the_same_cases_at_once_share_them_without_a_double(kiosk, database):
    """Real processes on one database: every case goes to exactly one, nobody gets an error."""
    names, cases = [f"clerk{n}" for n in range(4)], 12
    for name in names:
        world.add_staff(name, "clerk")
    for number in range(cases):
        open_case(kiosk, world.case_request(f"case-{number}", visit_id=f"v{number}"))
    environment = {**os.environ, "KIOSK_SERVER_DATA": str(database)}
    desks = [
        subprocess.Popen(
            [sys.executable, "-c", CLERK_PROCESS, name, str(cases)],
            cwd=world.ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    assert all(desk.stdout.readline() == "ready\n" for desk in desks)
    for desk in desks:
        desk.stdin.write("go\n")
        desk.stdin.flush()
    lines = [
        line.split() for desk in desks for line in desk.communicate(timeout=60)[0].splitlines()
    ]
    assert sorted(int(line[1]) for line in lines if line[0] == "got") == list(range(cases))
    assert len(lines) == cases * len(names)
    assert {line[2] for line in lines if line[0] == "lost"} == {"conflict"}
    assert kinds().count("case.claimed") == cases
    assert verify().ok


def test_who_comes_too_late_changes_nothing(kiosk):
    """Not even one who came so close that the first look let them pass: no page is drawn anew."""
    clerk, other = world.add_staff("clerk"), world.add_staff("other", "clerk")
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    before, told = Case.objects.values().get(), current_version()
    assert refusal(claims._claim, "case-1", other) == RefusalCode.CONFLICT
    assert refusal(claims._claim, "none such", other) == RefusalCode.NOT_FOUND
    assert (Case.objects.values().get(), current_version()) == (before, told)
    assert kinds().count("case.claimed") == 1


def test_a_claim_lapses_when_the_page_is_gone_and_not_while_it_renews(kiosk):
    clerk, other = world.add_staff("clerk"), world.add_staff("other", "clerk")
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    Case.objects.update(claim_until=ago(-1))
    assert renew("case-1", clerk)
    assert give_back_run_out() == 0
    Case.objects.update(claim_until=ago(1))
    assert give_back_run_out() == 1
    case = Case.objects.get()
    assert (case.stage, case.claimed_by) == ("waiting", None)
    assert case.waiting_since > case.created_at
    assert not renew("case-1", clerk)
    claim("case-1", other)
    assert Case.objects.get().claimed_by == other


def test_a_case_is_handed_to_a_named_colleague_who_is_there(kiosk):
    clerk, colleague = world.add_staff("clerk"), world.add_staff("colleague", "clerk")
    open_case(kiosk, world.case_request())
    assert refusal(hand_over, "case-1", clerk, colleague) == RefusalCode.CONFLICT
    claim("case-1", clerk)
    case = hand_over("case-1", clerk, colleague)
    assert (case.claimed_by, case.handed_by) == (colleague, clerk)
    assert not renew("case-1", clerk)
    assert renew("case-1", colleague)
    assert Case.objects.get().handed_by is None
    event = AuditEvent.objects.get(kind="case.handed_over")
    assert event.actor == f"staff:{clerk.pk}"
    assert f"staff:{colleague.pk}" in event.facts


def test_a_case_is_handed_to_nobody_who_cannot_take_it(kiosk):
    clerk = world.add_staff("clerk")
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    gone, away = world.add_staff("gone", "clerk"), world.add_staff("away", "clerk")
    Presence.objects.filter(user=gone).update(seen_at=ago(hall().timers.presence_s + 1))
    presence.set_away(away, away=True)
    technician = world.add_staff("technician")
    assert refusal(hand_over, "case-1", clerk, gone) == RefusalCode.CONFLICT
    assert refusal(hand_over, "case-1", clerk, away) == RefusalCode.CONFLICT
    assert refusal(hand_over, "case-1", clerk, clerk) == RefusalCode.CONFLICT
    assert refusal(hand_over, "case-1", clerk, technician) == RefusalCode.NOT_ELIGIBLE
    assert Case.objects.get().claimed_by == clerk


def test_the_duty_leader_alone_takes_over(kiosk):
    clerk, other = world.add_staff("clerk"), world.add_staff("other", "approver")
    leader = world.add_staff("leader", "duty_leader")
    open_case(kiosk, world.case_request())
    assert refusal(take_over, "case-1", leader) == RefusalCode.CONFLICT
    claim("case-1", clerk)
    assert refusal(take_over, "case-1", other) == RefusalCode.NOT_ELIGIBLE
    assert take_over("case-1", leader).claimed_by == leader
    assert refusal(take_over, "case-1", leader) == RefusalCode.CONFLICT
    event = AuditEvent.objects.get(kind="case.taken_over")
    assert f'"taken_from": "staff:{clerk.pk}"' in event.facts


def test_two_leaders_who_take_over_at_once_take_it_from_each_other_never_both(kiosk):
    clerk = world.add_staff("clerk")
    leaders = [world.add_staff(f"leader{n}", "duty_leader") for n in range(4)]
    open_case(kiosk, world.case_request())
    claim("case-1", clerk)
    world.at_once(4, lambda n: take_over("case-1", leaders[n]))
    moves = kinds().count("case.taken_over")
    last = AuditEvent.objects.filter(kind="case.taken_over").order_by("-seq").first()
    assert moves >= 1
    assert last.actor == f"staff:{Case.objects.get().claimed_by_id}"
    assert verify().ok


def test_who_signs_out_leaves_nothing_claimed(kiosk):
    clerk = world.add_staff("clerk")
    for number in range(3):
        open_case(kiosk, world.case_request(f"case-{number}", visit_id=f"v{number}"))
        claim(f"case-{number}", clerk)
    assert release_all(clerk) == 3
    assert set(Case.objects.values_list("stage", flat=True)) == {"waiting"}
