"""What was typed in is changed on its page: only what is new is checked."""

from dataclasses import replace

import pytest
from django.utils.timezone import localtime

from backend.cases.claims import claim
from backend.cases.desk_requests import open_desk_case
from backend.cases.models import Case, DeskRequest
from backend.cases.reasons import StaffReason
from backend.clock import ago, ahead
from backend.console.desk_form import MOMENT, DeskForm
from backend.console.desk_sheet import form_fields, initial_of
from tests.backend import world
from tests.backend.test_queue_desk import CALL

LONG_AGO = 3 * 24 * 3600
OUTING = replace(CALL, address="3 Garden Road", ground="", depart_at=ahead(LONG_AGO))


@pytest.fixture
def clerk(kiosk):
    return world.add_staff("clerk")


@pytest.fixture
def visit(clerk):
    """Return a claimed visit whose appointment and departure are three days past."""
    case = open_desk_case(StaffReason.ON_SITE_VISIT, clerk, OUTING)
    claim(case.id, clerk)
    DeskRequest.objects.update(appointment_at=ago(LONG_AGO), status="under_way")
    Case.objects.update(depart_at=ago(LONG_AGO))
    return Case.objects.get()


def shown(case):
    """Return the form's fields as its page shows them, and as a browser sends them back."""
    form = DeskForm(StaffReason(case.reason), initial=initial_of(case))
    return {field.name: field.value for field in form_fields(form, "en")}


def test_a_visit_long_past_is_set_to_done(visit, clerk, django_pages):
    typed = {**shown(visit), "status": "done"}
    assert typed["appointment_at"]
    assert django_pages(clerk).post(f"/cases/{visit.id}/edit", typed).status_code == 302
    after = Case.objects.get()
    assert after.request.status == "done"
    assert after.request.appointment_at == visit.request.appointment_at, "to the second"
    assert after.depart_at == visit.depart_at


@pytest.mark.parametrize("name", ["appointment_at", "depart_at"])
def test_another_moment_long_past_is_still_refused(visit, clerk, django_pages, name):
    other = f"{localtime(ago(LONG_AGO + 3600)):{MOMENT}}"
    answer = django_pages(clerk).post(f"/cases/{visit.id}/edit", {**shown(visit), name: other})
    assert answer.status_code == 200
    assert Case.objects.get().version == visit.version


def test_a_moment_is_taken_away_or_moved(visit, clerk, django_pages):
    desk, address = django_pages(clerk), f"/cases/{visit.id}/edit"
    assert desk.post(address, {**shown(visit), "depart_at": ""}).status_code == 302
    assert Case.objects.get().depart_at is None
    soon = localtime(ahead(3600))
    moved = {**shown(visit), "depart_at": "", "appointment_at": f"{soon:{MOMENT}}"}
    assert desk.post(address, moved).status_code == 302
    assert Case.objects.get().request.appointment_at > ahead(0)
