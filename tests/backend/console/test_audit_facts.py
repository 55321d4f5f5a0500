"""The audit's facts in words: every fact that code writes is known in each language."""

import ast
import json
from pathlib import Path

import pytest

from backend.console.audit_facts import facts_in_words, named_in
from backend.console.texts import words_of
from tests.backend import world

BACKEND = Path(__file__).resolve().parents[3] / "backend"
LANGUAGES = ("zh-hans", "zh-hant", "en")


def written_facts() -> set[str]:
    """Return the name of every fact that a call of the audit's ``append`` gives."""
    names: set[str] = set()
    for path in BACKEND.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "from backend.audit.services import" not in text:
            continue
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "append":
                names |= {word.arg for word in call.keywords if word.arg}
    return names


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_has_a_name_in_words(language):
    names, words = written_facts(), words_of(language)
    assert len(names) > 50
    assert not [name for name in sorted(names) if f"audit_fact.{name}" not in words]


def test_codes_moments_money_and_people_are_words(database):
    person = world.add_staff("lin")
    key = f"staff:{person.pk}"
    facts = {
        "reason": "portrait_not_matched",
        "ticket": "A 001",
        "fee_fen": 1500,
        "seen_in_person": True,
        "to": key,
        "ends_at": "2026-11-28T01:02:03+00:00",
        "roles": "approver,clerk",
        "model": "0" * 64,
        "offer": "G-HKG-3M-1",
        "alarm": "unclaimed",
        "outcome": "issued_at_counter",
        "note": "",
        "into": None,
    }
    text = json.dumps(facts)
    assert named_in(text) == {key}
    said = facts_in_words(text, {key: person}, "zh-hans").split("；")
    assert said == [
        "原因：人像不符",
        "取号：A 001",
        "费用（元）：15.00",
        "当面见到本人：是",
        f"接手人：lin ({key})",
        "结束时间：2026-11-28 09:02",
        "角色：审批人、科员",
        "模型：000000000000…",
        "签注种类：香港 · 个人旅游 · 三个月一次，每次停留不超过 7 天",
        "提醒：无人认领，请处理",
        "结果：窗口签发",
    ]
    english = facts_in_words(text, {key: person}, "en").split("; ")
    assert english[1:4] == ["ticket: A 001", "fee in yuan: 15.00", "seen in person: yes"]


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "null", '{"unknown": {"a": [1]}}'])
def test_what_was_changed_by_hand_is_shown_as_it_stands(text):
    assert named_in(text) == set()
    shown = facts_in_words(text, {}, "en")
    assert shown == (text if "unknown" not in text else "unknown: {'a': [1]}")
