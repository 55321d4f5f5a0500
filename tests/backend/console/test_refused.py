"""What Django refuses before any page is asked is answered with a page too."""

import pytest
from django.conf import settings
from django.test import Client

from backend_client.contract import API_PREFIX


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "没有保存"), ("zh-hant", "沒有儲存"), ("en", "nothing was stored")],
)
def test_a_visitor_reads_in_their_language_what_is_wrong(database, language, said):
    desk = Client()
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    many = {f"note-{number}": "" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    for answer in (desk.post("/login", many), desk.get("/login", headers={"host": "elsewhere"})):
        assert answer.status_code == 400
        assert said in answer.content.decode()


def test_a_kiosk_is_answered_in_the_contracts_words(database):
    answer = Client().get(f"{API_PREFIX}/hello", headers={"host": "elsewhere"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
