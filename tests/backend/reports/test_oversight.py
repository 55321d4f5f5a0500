"""The day's report tells of broken glass and second looks, from real ones, in all languages."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from backend.approvals.break_glass import break_glass
from backend.approvals.models import Review
from backend.approvals.second_look import give
from backend.approvals.services import answer
from backend.cases.claims import claim
from backend.cases.decisions import DecisionInput, decide
from backend.cases.opening import open_case
from backend.clock import ago, now
from backend.reports.oversight import glass_breaks, reviews
from backend.reports.services import ClosingInput, close_day, is_as_signed, preview
from backend_client.contract import DecisionKind
from tests.backend import world
from tests.backend.policy_files import change_policy

ACCEPT = DecisionInput(DecisionKind.IDENTITY_ACCEPTED)
WHY = "no approver answers, flight in 20 minutes"
WORDS = "another person's face"
TODAY = timezone.localdate()
LANGUAGES = {
    "zh-hans": ("紧急放行", "逾期未复核", "不同意原决定"),
    "zh-hant": ("緊急放行", "逾期未複核", "不同意原決定"),
    "en": ("Break-glass", "overdue", "disagreed"),
}


@pytest.fixture
def people(kiosk, tmp_path):
    """Return staff by name in a hall where every decision is looked at again."""
    before = settings.CONFIG_DIR
    change_policy(tmp_path, ("share = 0.05", "share = 1"))
    yield {
        "clerk": world.add_staff("clerk"),
        "approver": world.add_staff("approver"),
        "other": world.add_staff("other", "approver"),
        "leader": world.add_staff("leader", "duty_leader"),
    }
    settings.CONFIG_DIR = before


def decided(kiosk, clerk, name):
    request = world.case_request(name, visit_id=f"visit-{name}", reason="portraits_disagree")
    open_case(kiosk, request)
    claim(name, clerk)
    return decide(name, clerk, ACCEPT)


@pytest.fixture
def looked_at(kiosk, people):
    """Return two decisions: glass broken and disagreed with; approved, drawn and still open."""
    broken = decided(kiosk, people["clerk"], "case-glass")
    break_glass(broken.pk, people["leader"], WHY)
    give(Review.objects.get().pk, people["approver"], agreed=False, words=WORDS)
    drawn = decided(kiosk, people["clerk"], "case-drawn")
    answer(drawn.pk, people["approver"], granted=True)
    return broken, drawn


def test_the_report_lists_both_with_who_and_outcome_and_no_free_words(looked_at):
    report = preview(TODAY)
    (glass,) = report["glass_breaks"]
    assert (glass["case"], glass["kind"], glass["by"]) == ("case-glass", ACCEPT.kind, "leader")
    assert glass["ticket"] == looked_at[0].case.ticket
    found = {
        one["case"]: (one["cause"], one["outcome"], one["by"], one["overdue"])
        for one in report["reviews"]
    }
    assert found == {
        "case-glass": ("glass", "disagreed", "approver", False),
        "case-drawn": ("sample", "open", "", False),
    }
    assert WHY not in str(report)
    assert WORDS not in str(report)


def test_what_is_over_leaves_the_report_and_what_is_open_stays_until_it_is_given(people, looked_at):
    since = now()
    assert reviews(ago(7200), ago(3600)) == []
    for due_in_h, overdue in ((72, False), (24, True)):
        due_at = since + timedelta(hours=due_in_h)
        Review.objects.filter(at=None).update(due_at=due_at)
        until = since + timedelta(hours=48)
        assert glass_breaks(since, until) == []
        (waiting,) = reviews(since, until)
        assert (waiting["case"], waiting["overdue"]) == ("case-drawn", overdue)
    give(Review.objects.get(at=None).pk, people["other"], agreed=True)
    (given,) = reviews(since, until)
    assert (given["outcome"], given["by"], given["overdue"]) == ("agreed", "other", False)
    assert reviews(now(), until) == []


def test_the_closing_signs_them_and_its_page_shows_them_in_every_language(
    people, looked_at, django_pages
):
    Review.objects.filter(at=None).update(due_at=ago(60))
    desk = django_pages(people["leader"])
    address = f"/reports/day/{TODAY}"
    handed = dict.fromkeys(("case-glass", "case-drawn"), people["clerk"].pk)
    for language, words in LANGUAGES.items():
        desk.post("/language", {"language": language, "next": address})
        page = desk.get(address).content.decode()
        for word in (*words, *(decision.case.ticket for decision in looked_at)):
            assert word in page, (language, word)
        assert WHY not in page
    closing = close_day(TODAY, people["leader"], ClosingInput(None, handed))
    assert is_as_signed(closing)
    assert [one["case"] for one in closing.report["glass_breaks"]] == ["case-glass"]
    assert "disagreed" in desk.get(address).content.decode()
