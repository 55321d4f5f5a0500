"""What says something of a person is erased when its time is over, and that is in the audit."""

import json
import time

from backend.applications.models import Application
from backend.approvals.models import Approval
from backend.approvals.services import answer
from backend.audit.models import AuditEvent
from backend.audit.services import verify
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide
from backend.cases.models import Case, Decision
from backend.cases.opening import open_case
from backend.cases.retention import erase_old_evidence
from backend.clock import ago
from backend.evidence.loose import loose_pictures
from backend.evidence.models import Picture
from backend.evidence.services import seal
from backend.operations.held import held_about
from backend.operations.leftovers import erase_leftovers
from backend.orders.models import IssueOrder
from backend.records.models import ChipRead
from backend.reports.models import DayClosing
from backend.reports.services import ClosingInput, close_day
from backend_client import contract as c
from backend_client.contract import DecisionKind
from tests.backend import world
from tests.backend.order_world import application, read_chip
from tests.backend.reports.hall_day import visit


def test_what_is_left_over_is_erased_in_its_time_and_recorded(kiosk):
    done = visit(kiosk, 1, "unknown")
    world.add_resident("C20000002")
    read_chip(kiosk, "under-way", "C20000002")
    open_case(kiosk, world.case_request(live_portrait=c.picture(world.jpeg(5))))
    leader = world.add_staff("leader", "duty_leader")
    said = ClosingInput(handed_to={case.id: leader.pk for case in Case.objects.all()}, remark="x")
    close_day(world.timezone.localdate(), leader, said)
    lost = seal(world.jpeg(9))
    IssueOrder.objects.update(detail="ribbon torn")
    assert erase_leftovers() == {}

    old = ago(100 * 24 * 3600)
    ChipRead.objects.filter(visit_id="visit-1").update(at=old)
    Application.objects.update(created_at=old)
    IssueOrder.objects.update(ended_at=old)
    DayClosing.objects.update(closed_at=old)
    Picture.objects.filter(id=lost.id).update(created_at=old)
    pictures = Picture.objects.count()
    assert erase_leftovers() == {
        "chip_reads": 1,
        "scores": 1,
        "print_details": 1,
        "closing_remarks": 1,
        "loose_pictures": 1,
    }
    assert erase_leftovers() == {}
    assert ChipRead.objects.get().visit_id == "under-way"
    assert Application.objects.get(id=done.id).match is None
    assert not loose_pictures().exists()
    assert Picture.objects.count() == pictures - 1
    event = AuditEvent.objects.get(kind="card.leftovers_erased")
    assert json.loads(event.facts)["chip_reads"] == 1
    assert verify().ok
    assert "match" not in held_about("C10000001")["application"][0]


def test_scores_of_a_visit_under_way_stay(kiosk):
    read_chip(kiosk)
    made = application(kiosk, match=world.match_report())
    assert made.match is not None
    assert erase_leftovers() == {}
    assert Application.objects.get().match is not None


def test_the_background_task_erases(kiosk):
    """The server itself does it, again and again, without a page or a command."""
    read_chip(kiosk)
    ChipRead.objects.update(at=ago(9e6))
    with world.served(world.settings.DATA_DIR):
        for _ in range(100):
            if not ChipRead.objects.exists():
                break
            time.sleep(0.1)
    assert not ChipRead.objects.exists()


def test_words_are_erased_where_a_case_has_no_other_evidence(kiosk):
    """A decision's note alone is reason enough to erase a case."""
    clerk, approver = world.add_staff("clerk"), world.add_staff("approver")
    reason = {"reason": "portraits_disagree"}
    for number, note in enumerate(("of the decider", "")):
        case_id = f"case-{number}"
        open_case(kiosk, world.case_request(case_id, visit_id=f"v{number}", **reason))
        claim(case_id, clerk)
        what = DecisionInput(DecisionKind.IDENTITY_ACCEPTED, note=note)
        answer(decide(case_id, clerk, what).id, approver, granted=True, note=note and "of another")
    Case.objects.update(record_portrait=None, stage="closed", closed_at=ago(9e6))
    assert erase_old_evidence() == 2
    assert erase_old_evidence() == 0
    assert not Decision.objects.exclude(note="").exists()
    assert not Approval.objects.exclude(note="").exists()
    erased = AuditEvent.objects.filter(kind="case.evidence_erased")
    assert {event.subject for event in erased} == {"case:case-0", "case:case-1"}
