"""What comes from the hall's records is said in the reader's language."""

import pytest

from backend.cases.opening import open_case
from backend.console.words import called, kiosk_called
from backend.fleet.models import Kiosk
from backend.fleet.services import enrol
from tests.backend import world


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "3号机"), ("zh-hant", "3號機"), ("en", "Kiosk 3")]
)
def test_a_kiosk_without_a_name_is_called_by_its_number(database, language, words):
    kiosk = world.add_kiosk("3")
    assert kiosk_called(kiosk, language) == called("3", "", language) == words


def test_a_name_that_the_hall_gave_stays_as_it_is_also_with_a_new_credential(database):
    enrol("7", "North door")
    enrol("7")
    assert kiosk_called(Kiosk.objects.get(id="7"), "zh-hans") == "North door"
    assert called("", "", "en") == ""


def test_pages_and_audit_say_kiosks_in_the_readers_language(kiosk, django_pages):
    reader = world.add_staff("leader", "duty_leader", "auditor", "technician")
    pages = django_pages(reader)
    open_case(kiosk, world.case_request())
    for language, words, other in (("en", "Kiosk 3", "号机"), ("zh-hant", "3號機", "号机")):
        pages.cookies["django_language"] = language
        for url in ("/kiosks", "/audit"):
            page = pages.get(url).content.decode()
            assert words in page, url
            assert other not in page, url
