"""Every text in every language, and every text that the pages use."""

import re
import string
from pathlib import Path
from typing import get_args

import pytest

from backend.accounts.second_factor import Outcome
from backend.approvals.models import Review
from backend.config_models import Right
from backend.console import texts
from backend.console.durations import format_span
from backend.console.texts import LANGUAGES, known_language, say, say_code, words_of
from backend_client.contract import CaseReason, CaseStage, DecisionKind

CONSOLE = Path(texts.__file__).resolve().parents[1]
USED = re.compile(
    r"""(?:{%\s*(?:t|since\s+\S+|until\s+\S+)\s+|say\(\s*language(?:_of\(request\))?,\s*)["']([a-z_]+\.[a-z_]+)["']"""
)
KEY = re.compile(r"""["']((?:message|queue|decide|case|why|me|delegation|glass)\.[a-z_]+)["']""")


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_languages_have_the_same_keys_and_fields(language):
    first, other = words_of(LANGUAGES[0]), words_of(language)
    assert set(first) == set(other)
    different = [key for key in first if fields(first[key]) != fields(other[key])]
    assert not different


def test_every_text_that_pages_and_code_name_exists():
    files = [*CONSOLE.rglob("*.html"), *CONSOLE.rglob("*.py")]
    named = {
        key
        for path in files
        for pattern in (USED, KEY)
        for key in pattern.findall(path.read_text("utf-8"))
    }
    assert len(named) > 80
    assert named <= set(words_of("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_contract_has_words(language):
    words = words_of(language)
    wanted = {f"reason.{code.value}" for code in CaseReason}
    wanted |= {f"stage.{code.value}" for code in CaseStage}
    wanted |= {f"right.{right}" for right in get_args(Right)}
    wanted |= {f"factor.{outcome.value}" for outcome in Outcome if outcome != Outcome.PASSED}
    wanted |= {f"review.cause_{cause}" for cause in Review.Cause.values}
    for kind in DecisionKind:
        wanted |= {f"decide.{part}{kind.value}" for part in ("", "lead_", "confirm_")}
    assert wanted <= set(words)


def test_traditional_is_not_simplified():
    simplified = "这证认见过还门时张现们个为"
    text = "".join(words_of("zh-hant").values())
    assert not [character for character in simplified if character in text]


def test_unknown_codes_and_languages_have_a_way():
    assert say_code("en", "measure", "gamut") == "gamut"
    assert known_language("fr") == known_language(None) == "zh-hans"
    assert known_language("zh-Hant") == "zh-hant"
    assert say("fr", "app.queue") == "队列"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0:00"), (42, "0:42"), (3599.9, "59:59"), (17280, "4 h 48 min"), (180000, "2 d 2 h")],
)
def test_spans(seconds, words):
    assert format_span(seconds, "en") == words
