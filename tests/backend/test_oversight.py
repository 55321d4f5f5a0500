"""Rules of approval, roles on loan, broken glass and second looks, on a real database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings

from backend.accounts.delegation import Loan, current, end, lend
from backend.accounts.models import Delegation
from backend.accounts.refused import AccountRefused
from backend.accounts.services import has_right, roles_of
from backend.approvals.break_glass import break_glass
from backend.approvals.models import GlassBreak, Review
from backend.approvals.second_look import draw, give, open_reviews, reviews_for
from backend.approvals.services import answer, asked_of, may_approve
from backend.audit.models import AuditEvent
from backend.cases.claims import claim, find
from backend.cases.closing import close
from backend.cases.decisions import DecisionInput, decide, undo
from backend.cases.evidence_access import may_open
from backend.cases.models import Case, Decision
from backend.cases.opening import open_case
from backend.cases.retention import erase_old_evidence
from backend.clock import ago, now
from backend.records.services import prove
from backend.refusal import Refused
from backend_client.contract import DecisionKind, picture
from tests.backend import world
from tests.backend.policy_files import change_policy

ACCEPT = DecisionInput(DecisionKind.IDENTITY_ACCEPTED)
WHY = "no approver answers, flight in 20 minutes"


@pytest.fixture
def people(kiosk, tmp_path):
    """Return staff by name; no lot draws a second look unless a test says so."""
    before = settings.CONFIG_DIR
    change_policy(tmp_path, ("share = 0.05", "share = 0"))
    yield {
        "clerk": world.add_staff("clerk"),
        "approver": world.add_staff("approver"),
        "approver2": world.add_staff("approver2", "approver"),
        "leader": world.add_staff("leader", "duty_leader"),
        "leader2": world.add_staff("leader2", "duty_leader"),
    }
    settings.CONFIG_DIR = before


def opened(kiosk, name="case-1", *scores, **fields) -> Case:
    """Open a case whose scores against chip and record are these."""
    match = None
    if scores:
        report = world.match_report()
        parts = zip(report.scores, scores, strict=False)
        match = report.model_copy(
            update={
                "matched": False,
                "scores": tuple(part.model_copy(update={"score": score}) for part, score in parts),
            }
        )
    request = world.case_request(
        name, visit_id=f"visit-{name}", match=match, live_portrait=picture(world.jpeg()), **fields
    )
    open_case(kiosk, request)
    return find(name)


def decided(case: Case, user, what=ACCEPT) -> Decision:
    claim(case.id, user)
    return decide(case.id, user, what)


def state(decision: Decision) -> str:
    decision.refresh_from_db()
    return decision.state


def kinds() -> list[str]:
    return list(AuditEvent.objects.order_by("seq").values_list("kind", flat=True))


def test_where_no_reference_supports_the_person_the_duty_leader_is_asked_too(kiosk, people):
    decision = decided(opened(kiosk, "far", 1.0, 0.4), people["clerk"])
    assert decision.approvals_needed == 2
    for name in ("approver", "approver2", "leader", "leader2"):
        assert list(asked_of(people[name])) == [decision], name
    answer(decision.pk, people["approver"], granted=True)
    assert state(decision) == "proposed"
    assert not asked_of(people["approver2"]).exists()
    assert "role" in may_approve(decision, people["approver2"])
    answer(decision.pk, people["leader"], granted=True)
    assert state(decision) == "in_force"


@pytest.mark.parametrize("scores", [(9.0, 0.4), (4.0, 3.5), ()])
def test_where_one_reference_supports_the_person_one_word_suffices(kiosk, people, scores):
    decision = decided(opened(kiosk, "near", *scores), people["clerk"])
    assert decision.approvals_needed == 1
    answer(decision.pk, people["approver"], granted=True)
    assert state(decision) == "in_force"


def test_the_leaders_word_first_does_not_take_the_approvers_place(kiosk, people):
    decision = decided(opened(kiosk, "far", 1.0, 0.4), people["clerk"])
    answer(decision.pk, people["leader"], granted=True)
    answer(decision.pk, people["approver"], granted=True)
    assert state(decision) == "in_force"


def test_words_come_in_parallel_and_two_at_once_count_as_two(kiosk, people):
    decision = decided(opened(kiosk, "far", 1.0, 0.4), people["clerk"])
    voices = (people["approver"], people["leader"])
    done = world.at_once(2, lambda n: answer(decision.pk, voices[n], granted=True))
    assert not [error for error in done if isinstance(error, Exception)]
    assert state(decision) == "in_force"


def test_who_linked_the_record_is_not_asked_about_the_identity(kiosk, people):
    link = DecisionInput(DecisionKind.RECORD_LINKED, resident_id=1)
    case = opened(kiosk, "linked", reason="portraits_disagree")
    prove(kiosk, case.visit_id, case.card_number, world.proof(case.card_number))
    first = decided(case, people["approver"], link)
    undo(case.id, people["approver"])
    Case.objects.filter(id=case.id).update(stage="waiting", claimed_by=None)
    decision = decided(find(case.id), people["clerk"])
    assert first.kind == "record_linked"
    assert "linked" in may_approve(decision, people["approver"])
    assert not asked_of(people["approver"]).exists()
    with pytest.raises(Refused):
        answer(decision.pk, people["approver"], granted=True)
    answer(decision.pk, people["approver2"], granted=True)


def loan(people, lender="approver", receiver="clerk", role="approver", **times) -> Loan:
    span = {"starts_at": now(), "ends_at": now() + timedelta(hours=8), **times}
    return Loan(people[lender], people[receiver], role, **span)


def test_a_role_on_loan_counts_from_then_to_then(kiosk, people):
    clerk = people["clerk"]
    made = lend(loan(people), people["approver"])
    assert roles_of(clerk) == {"clerk", "approver"}
    decision = decided(opened(kiosk), people["approver2"])
    assert list(asked_of(clerk)) == [decision]
    answer(decision.pk, clerk, granted=True)
    event = AuditEvent.objects.get(kind="decision.approved")
    assert '"lent": "approver"' in event.facts
    for times in (
        {"starts_at": now() + timedelta(hours=1)},
        {"ends_at": ago(1)},
        {"ended_at": now()},
    ):
        fields = {"starts_at": ago(60), "ends_at": now() + timedelta(hours=8), "ended_at": None}
        Delegation.objects.filter(pk=made.pk).update(**{**fields, **times})
        assert not has_right(clerk, "approve"), times


def test_a_loan_ends_with_its_lenders_role_or_account(people):
    lend(loan(people), people["approver"])
    people["approver"].groups.clear()
    assert not has_right(people["clerk"], "approve")
    people["approver"].groups.set(people["approver2"].groups.all())
    assert has_right(people["clerk"], "approve")
    people["approver"].is_active = False
    people["approver"].save()
    assert not has_right(people["clerk"], "approve")


def test_a_word_on_the_deciders_own_loan_does_not_count(kiosk, people):
    lend(loan(people), people["approver"])
    decision = decided(opened(kiosk), people["approver"])
    assert not asked_of(people["clerk"]).exists()
    with pytest.raises(Refused):
        answer(decision.pk, people["clerk"], granted=True)


@pytest.mark.parametrize(
    ("changes", "by", "reason"),
    [
        ({"role": "duty_leader"}, "approver", "role_not_lendable"),
        ({"role": "administrator"}, "leader", "role_not_lendable"),
        ({"receiver": "approver2"}, "approver", "has_role"),
        ({"receiver": "leader"}, "leader2", "receiver_unfit"),
        ({"receiver": "approver"}, "approver", "not_to_oneself"),
        (
            {"lender": "leader2", "receiver": "leader", "role": "duty_leader"},
            "leader",
            "not_to_one",
        ),
        ({}, "approver2", "not_yours"),
        ({}, "clerk", "not_yours"),
    ],
)
def test_what_policy_does_not_let_lend_is_refused(people, changes, by, reason):
    with pytest.raises(AccountRefused, match=reason):
        lend(loan(people, **changes), people[by])
    assert not Delegation.objects.exists()


def test_times_of_a_loan_are_bounded(people):
    good = loan(people)
    for times in (
        {"ends_at": good.starts_at},
        {"starts_at": ago(7200)},
        {"ends_at": now() + timedelta(days=31)},
        {"starts_at": now() + timedelta(days=400), "ends_at": now() + timedelta(days=401)},
    ):
        with pytest.raises(AccountRefused):
            lend(replace(good, **times), people["approver"])


def test_the_duty_leader_lends_for_the_absent_and_either_side_ends_it(people):
    made = lend(loan(people), people["leader"])
    with pytest.raises(AccountRefused):
        end(made.pk, people["approver2"])
    end(made.pk, people["clerk"])
    assert not current().exists()
    assert not has_right(people["clerk"], "approve")
    assert kinds()[-2:] == ["staff.delegation_made", "staff.delegation_ended"]


def test_the_duty_leader_alone_breaks_the_glass_and_another_reviews(kiosk, people):
    case = opened(kiosk, "glass", 1.0, 0.4)
    decision = decided(case, people["leader"])
    for name in ("clerk", "approver"):
        with pytest.raises(Refused):
            break_glass(decision.pk, people[name], WHY)
    with pytest.raises(Refused, match="reason"):
        break_glass(decision.pk, people["leader"], "  short ")
    assert state(decision) == "proposed"
    break_glass(decision.pk, people["leader"], WHY)
    assert state(decision) == "in_force"
    review = Review.objects.get()
    assert review.cause == "glass"
    assert timedelta(hours=23) < review.due_at - now() <= timedelta(hours=24)
    assert not reviews_for(people["leader"])
    assert reviews_for(people["approver"]) == [review]
    assert not reviews_for(people["clerk"])
    chain = "".join(AuditEvent.objects.values_list("facts", flat=True))
    assert WHY not in chain
    with pytest.raises(Refused):
        break_glass(decision.pk, people["leader2"], WHY)
    with pytest.raises(Refused):
        give(review.pk, people["leader"], agreed=True)
    with pytest.raises(Refused, match="disagrees"):
        give(review.pk, people["approver"], agreed=False)
    give(review.pk, people["approver"], agreed=False, words="another person's face")
    with pytest.raises(Refused):
        give(review.pk, people["leader2"], agreed=True)
    assert kinds()[-1] == "decision.review_given"
    assert not open_reviews().exists()


def test_a_broken_glass_is_reviewed_even_when_the_decision_was_taken_back(kiosk, people):
    decision = decided(opened(kiosk), people["clerk"])
    break_glass(decision.pk, people["leader"], WHY)
    undo("case-1", people["clerk"])
    assert [review.cause for review in reviews_for(people["approver"])] == ["glass"]


def every_decision(tmp_path):
    change_policy(tmp_path / "all", ("share = 0.05", "share = 1"))


def test_who_looks_again_had_no_part_and_sees_the_evidence_until_they_have(kiosk, people, tmp_path):
    every_decision(tmp_path)
    case = opened(kiosk, reason="portraits_disagree")
    decision = decided(case, people["clerk"])
    answer(decision.pk, people["approver"], granted=True)
    close(find(case.id), "system", "done")
    review = Review.objects.get()
    assert review.cause == "sample"
    assert not reviews_for(people["approver"])
    assert not may_open(find(case.id), people["approver"])
    assert may_open(find(case.id), people["approver2"])
    give(review.pk, people["approver2"], agreed=True)
    assert not may_open(find(case.id), people["approver2"])
    assert kinds().count("decision.review_asked") == 1


def test_a_decision_taken_back_needs_no_second_look(kiosk, people, tmp_path):
    every_decision(tmp_path)
    decision = decided(opened(kiosk), people["clerk"])
    answer(decision.pk, people["approver"], granted=True)
    assert open_reviews().count() == 1
    undo("case-1", people["clerk"])
    assert not open_reviews().exists()


def test_the_share_is_drawn_by_lot(kiosk, people, tmp_path):
    change_policy(tmp_path / "third", ("share = 0.05", "share = 0.3"))
    case = opened(kiosk)
    decision = decided(case, people["clerk"])
    drawn = 0
    for _ in range(400):
        draw(decision)
        drawn += Review.objects.all().delete()[0]
    assert 75 < drawn < 170  # 120 expected, standard deviation 9.2


def test_reasons_and_words_are_erased_with_the_case(kiosk, people):
    decision = decided(opened(kiosk), people["clerk"])
    break_glass(decision.pk, people["leader"], WHY)
    close(find("case-1"), "system", "done")
    Case.objects.update(closed_at=ago(25 * 3600))
    erase_old_evidence()
    assert GlassBreak.objects.get().reason == WHY  # its review has not been given yet
    give(Review.objects.get().pk, people["approver"], agreed=True, words="agreed, all well")
    erase_old_evidence()
    assert GlassBreak.objects.get().reason == ""
    assert Review.objects.get().words == ""
