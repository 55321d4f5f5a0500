"""Who was shown the name, telephone and words of a call is in the audit, once for each claim."""

import pytest

from backend.audit.models import AuditEvent
from backend.cases.claims import claim, release, renew
from backend.cases.desk_requests import open_desk_case
from backend.cases.reasons import StaffReason
from backend.console.texts import LANGUAGES, say
from tests.backend import world
from tests.backend.test_queue_desk import CALL


@pytest.fixture
def clerk(kiosk):
    return world.add_staff("clerk")


@pytest.fixture
def call(clerk):
    """Return a call that a colleague at the guide desk typed in."""
    return open_desk_case(StaffReason.GUIDE_DESK_CALL, world.add_staff("guide", "clerk"), CALL)


def readings(user):
    events = AuditEvent.objects.filter(kind="case.evidence_opened", actor=f"staff:{user.pk}")
    return [(event.subject, event.facts) for event in events]


def test_the_claimants_reading_is_written_once_a_claim(call, clerk, django_pages):
    desk, address = django_pages(clerk), f"/cases/{call.id}"
    assert CALL.phone not in desk.get(address).content.decode()
    assert readings(clerk) == []
    claim(call.id, clerk)
    for _ in range(3):
        assert CALL.phone in desk.get(address).content.decode()
        renew(call.id, clerk)
    assert readings(clerk) == [(f"case:{call.id}", '{"picture": "typed"}')]
    release(call.id, clerk)
    assert CALL.phone not in desk.get(address).content.decode()
    assert len(readings(clerk)) == 1
    claim(call.id, clerk)
    desk.get(address)
    assert len(readings(clerk)) == 2


def test_who_typed_it_and_reads_it_again_is_written_once(call, django_pages):
    guide = world.User.objects.get(username="guide")
    desk = django_pages(guide)
    for address in (f"/cases/{call.id}", f"/cases/{call.id}", f"/cases/{call.id}/edit"):
        assert CALL.phone in desk.get(address).content.decode()
    assert len(readings(guide)) == 1


def test_the_form_for_changing_it_shows_it_too(call, clerk, django_pages):
    claim(call.id, clerk)
    assert CALL.phone in django_pages(clerk).get(f"/cases/{call.id}/edit").content.decode()
    assert len(readings(clerk)) == 1


def test_a_leaders_look_is_written_each_time(call, django_pages):
    leader = world.add_staff("leader", "duty_leader")
    for count in (1, 2):
        page = django_pages(leader).get(f"/cases/{call.id}?look=1").content.decode()
        assert CALL.phone in page
        assert len(readings(leader)) == count


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_audits_page_says_it_in_words(call, clerk, django_pages, language):
    claim(call.id, clerk)
    django_pages(clerk).get(f"/cases/{call.id}")
    desk = django_pages(world.add_staff("auditor"))
    desk.post("/language", {"language": language, "next": "/"})
    page = desk.get("/audit?kind=case.evidence_opened").content.decode()
    assert say(language, "audit_value.typed") in page
    assert call.id in page
