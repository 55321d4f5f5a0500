"""Every sentence is there in three languages, in the right characters, and can be drawn."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from fontTools.ttLib import TTFont

from kiosk.portrait.results import CAUSES
from kiosk.runtime.papers import Phrase
from kiosk.session.facts import CardProblem, CaseStage, Device, Outcome, Texts
from kiosk.ui import texts
from kiosk.ui.measure import Face
from kiosk.ui.texts import card, issue, portrait, waiting
from kiosk.values import FailureCause, HeadMove, Hint, Language


def texts_in(value: object) -> Iterator[Texts]:
    if isinstance(value, Texts):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_in(item)


def named_texts() -> list[tuple[str, Texts]]:
    found = []
    for module in pkgutil.iter_modules(texts.__path__):
        loaded = importlib.import_module(f"{texts.__name__}.{module.name}")
        for name, value in vars(loaded).items():
            if name.isupper():
                found += [(f"{module.name}.{name}", text) for text in texts_in(value)]
    return found


ALL = named_texts()


def not_encodable(text: str, codec: str) -> str:
    return "".join(char for char in text if not can_encode(char, codec))


def can_encode(char: str, codec: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def test_there_are_texts():
    assert len(ALL) > 100


@pytest.mark.parametrize("language", Language)
def test_no_text_lacks_a_language(language):
    assert [name for name, text in ALL if not text.in_language(language).strip()] == []


def test_simplified_texts_hold_only_simplified_characters():
    # GB 2312 holds the simplified set and none of the traditional-only forms.
    wrong = [(name, not_encodable(text.zh_hans, "gb2312")) for name, text in ALL]
    assert [found for found in wrong if found[1]] == []


def test_traditional_texts_hold_only_traditional_characters():
    # Big5 holds the traditional set and none of the simplified-only forms.
    wrong = [(name, not_encodable(text.zh_hant, "big5")) for name, text in ALL]
    assert [found for found in wrong if found[1]] == []


def test_traditional_texts_use_the_words_of_hong_kong_and_macao():
    other = re.compile("網路|列印|印表機|螢幕|資訊|二維條碼|行動電話")
    papers = [(phrase.name, phrase.value) for phrase in Phrase]
    assert [name for name, text in (*ALL, *papers) if other.search(text.zh_hant)] == []


def test_screens_and_papers_call_the_ticket_by_one_name():
    said = [text for _, text in ALL] + [phrase.value for phrase in Phrase]
    assert not [text for text in said if re.search("凭单|憑單|凭证单", text.zh_hans + text.zh_hant)]


def test_whoever_is_to_be_taken_again_knows_that_it_happens_by_itself():
    notes = [portrait.AGAIN, *portrait.WHAT_TO_DO.values()]
    assert all(note.zh_hans.endswith("会自动再拍。") for note in notes)
    assert all(note.zh_hant.endswith("會自動再拍。") for note in notes)
    assert all(note.en.endswith("taken by itself.") for note in notes)


def test_codecs_tell_the_scripts_apart():
    assert not_encodable("签证读繁", "big5") == "签证读"
    assert not_encodable("簽證讀繁", "gb2312") == "簽證讀"


def test_english_texts_hold_no_chinese():
    assert [name for name, text in ALL if re.search(r"[\u2e80-\uffef]", text.en)] == []


def test_the_three_languages_have_the_same_places_to_fill():
    def places(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)}", text))

    assert [
        name
        for name, text in ALL
        if not places(text.zh_hans) == places(text.zh_hant) == places(text.en)
        and not name.endswith("MONTH_DAY")
    ] == []


def test_nobody_is_told_that_something_failed():
    blame = re.compile(r"失败|失敗|错误|錯誤|fail|error|invalid", re.IGNORECASE)
    assert [
        name
        for name, text in ALL
        if any(blame.search(text.in_language(language)) for language in Language)
    ] == []


@pytest.mark.parametrize("face", Face)
def test_the_bundled_fonts_have_every_character(face):
    with TTFont(face.path) as font:
        known = set(font.getBestCmap())
    traditional = face in (Face.TC, Face.TC_BOLD)
    missing = {
        char
        for _, text in ALL
        for char in (text.zh_hant if traditional else text.zh_hans + text.en)
        if char != "\n" and ord(char) not in known
    }
    assert missing == set()


def test_every_case_has_its_words():
    assert set(portrait.HINTS) == set(Hint)
    assert set(card.PROBLEMS) == set(CardProblem)
    assert set(issue.TAKE_TITLE) == set(issue.TAKE_LEAD) == set(Outcome)
    assert set(waiting.LEAVING_TITLE) == set(waiting.LEAVING_LEAD) == set(Outcome)
    assert set(waiting.STAGE_TITLE) == set(CaseStage)
    assert set(waiting.DEVICES) == set(Device)


PLAINLY_ELSEWHERE = ("waiting.OUT_LEAD", "issue.STILL_WAITS")


def test_no_one_is_sent_to_another_kiosk_with_a_visit_begun_here():
    # Another machine goes on only with a case that waits for its resident.
    elsewhere = re.compile(r"任一台|另一台|任何一台|any kiosk|another kiosk")
    begun = [(name, text) for name, text in ALL if name not in PLAINLY_ELSEWHERE]
    assert [
        name
        for name, text in begun
        if any(elsewhere.search(text.in_language(language)) for language in Language)
    ] == []


def test_whatever_another_capture_may_mend_says_what_to_do():
    mendable = (FailureCause.MACHINE, FailureCause.CAPTURE)
    assert set(portrait.WHAT_TO_DO) == {k.value for k, cause in CAUSES.items() if cause in mendable}
    assert set(portrait.MOVES) == set(HeadMove)


def test_nobody_is_called_a_fake():
    told = [text for name, text in ALL if name.startswith("portrait.")]
    words = ("活体", "活體", "假", "冒", "fake", "liveness", "spoof", "alarm")
    assert not [text for text in told for word in words if word in f"{text}".lower()]
