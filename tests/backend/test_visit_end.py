"""The end of a visit closes what its issue answered, no more; a held card is never lost."""

import html

import pytest
from django.db import transaction

from backend.api.visits import end_visit
from backend.applications.models import Application
from backend.cases.closing import close_by_staff
from backend.cases.held_cards import held_cards
from backend.cases.models import Case
from backend.cases.opening import open_case
from backend.cases.residents_side import leave
from backend.cases.timers import close_too_old
from backend.clock import ago
from backend.console.texts import say
from backend.orders.printing import begin_printing, end_printing
from backend.reports.services import preview
from backend_client import contract as c
from tests.backend import world
from tests.backend.order_world import ask, ready, report


def cases() -> dict[str, str]:
    return dict(Case.objects.values_list("reason", "stage"))


@pytest.fixture
def clerk(kiosk):
    return world.add_staff("clerk")


def printed(kiosk) -> Application:
    made = ready(kiosk)
    order = ask(kiosk, made)
    begin_printing(kiosk, order.id, order.fencing_token)
    end_printing(kiosk, order.id, report(order))
    return made


def end(kiosk, made: Application, card: str = "out") -> None:
    with transaction.atomic():
        said = c.VisitEnd(outcome="issued", card=card, application_id=made.id)
        end_visit(kiosk, "visit-1", said)


def test_a_question_from_after_the_printing_outlives_the_issued_visit(kiosk):
    made = printed(kiosk)
    request = world.case_request(reason="person_asked", phase="take_card", application_id=made.id)
    case = open_case(kiosk, request)
    leave(kiosk, case.id, c.LeaveRequest(card="out"))
    end(kiosk, made)
    assert cases() == {"person_asked": "waiting"}


@pytest.mark.parametrize(
    ("reason", "phase", "stage"),
    [
        ("portrait_not_matched", "compare", "closed"),
        ("paid_not_issued", "issue", "closed"),
        ("device_fault", "issue", "closed"),
        ("device_fault", "receipt", "waiting"),
        ("person_asked", "offers", "closed"),
        ("person_asked", "issue", "waiting"),
        ("portrait_not_matched", "a_step_to_come", "waiting"),
    ],
)
def test_the_issue_closes_the_questions_that_it_answers(kiosk, reason, phase, stage):
    made = printed(kiosk)
    open_case(kiosk, world.case_request(reason=reason, phase=phase, application_id=made.id))
    end(kiosk, made)
    assert cases() == {reason: stage}


def test_the_case_of_a_card_in_the_bin_stays_until_a_person_has_the_card(kiosk, clerk):
    made = printed(kiosk)
    request = world.case_request(reason="card_held", phase="take_card", detail="into the bin")
    case = open_case(kiosk, request)
    end(kiosk, made, card="held")
    case.refresh_from_db()
    assert (case.stage, case.card_inside) == ("waiting", True)
    Case.objects.update(created_at=ago(9e6))
    assert close_too_old() == 0
    assert [(card.id, card.ticket) for card in held_cards()] == [(kiosk.id, case.ticket)]
    day = preview(world.timezone.localdate())
    assert day["held_cards"] == [{"id": kiosk.id, "name": kiosk.name, "ticket": case.ticket}]
    close_by_staff(case.id, clerk, "closed_by_staff")
    case.refresh_from_db()
    assert (case.stage, case.card_inside, held_cards()) == ("closed", False, [])


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_pages_name_the_held_card_and_warn_before_its_case_closes(
    kiosk, clerk, django_pages, language
):
    case = open_case(kiosk, world.case_request(reason="card_held", phase="take_card"))
    desk = django_pages(clerk)
    desk.post("/language", {"language": language, "next": "/"})
    page = desk.get(f"/cases/{case.id}").content.decode()
    assert html.escape(say(language, "case.close_held")) in page
    page = desk.get("/kiosks").content.decode()
    assert f"{say(language, 'fleet.card_held')} · {case.ticket}" in page


def test_a_card_that_the_kiosk_still_reports_is_not_said_to_be_out(kiosk, clerk):
    case = open_case(kiosk, world.case_request(reason="card_held", phase="take_card"))
    world.Kiosk.objects.update(card_held=True)
    close_by_staff(case.id, clerk, "closed_by_staff")
    assert Case.objects.get().card_inside
    assert [card.id for card in held_cards()] == [kiosk.id]
    end(kiosk, printed(kiosk), card="out")
    assert not Case.objects.get().card_inside


def test_a_refused_case_of_a_held_card_stays_when_the_visit_ends_unissued(kiosk, clerk):
    case = open_case(kiosk, world.case_request(reason="card_held", phase="take_card"))
    Case.objects.update(stage="decided")
    with transaction.atomic():
        end_visit(kiosk, "visit-1", c.VisitEnd(outcome="failed", card="held"))
    case.refresh_from_db()
    assert (case.stage, case.card_inside) == ("decided", True)
