"""An event's facts in the reader's language. The chain holds keys, codes, numbers and hashes."""

import json
import re
from collections.abc import Callable, Mapping

from django.contrib.auth.models import User

from backend.console.templatetags.reports import moment, yuan
from backend.console.texts import say, say_code
from backend.console.waiting import display_name
from backend.console.words import alarm_title, ground_title, offer_title

HASH = re.compile(r"[0-9a-f]{64}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
TABLES = {
    "reason": "reason",
    "was": "reason",
    "now": "reason",
    "decided": "decide",
    "role": "role",
    "roles": "role",
    "roles_before": "role",
    "lent": "role",
    "cause": "review_cause",
    "state": "order",
    "status": "status",
}
"""Where the words for a fact's codes stand, if not among the audit's own."""
TITLES: Mapping[str, Callable[[str, str], str]] = {
    "offer": offer_title,
    "ground": ground_title,
    "alarm": alarm_title,
}
"""Codes whose words are the hall's configuration."""

People = Mapping[str, User]


def facts_in_words(text: str, people: People, language: str) -> str:
    """Return the facts as one line; ``people`` are the accounts that are named, by ``staff:N``.

    What was changed by hand and is no longer an object of facts is shown as it stands.
    """
    facts = _facts(text)
    if facts is None:
        return text
    shown = (
        say(
            language,
            "audit.fact",
            name=_name(name, language),
            value=_value(name, value, people, language),
        )
        for name, value in facts.items()
        if value not in ("", None)
    )
    return say(language, "audit.between").join(shown)


def named_in(text: str) -> set[str]:
    """Return the accounts that the facts name, as ``staff:N``."""
    values = (_facts(text) or {}).values()
    return {value for value in values if isinstance(value, str) and value.startswith("staff:")}


def _facts(text: str) -> dict[str, object] | None:
    try:
        facts = json.loads(text)
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None


def _name(name: str, language: str) -> str:
    return say_code(language, "audit_fact", name)


def _value(name: str, value: object, people: People, language: str) -> str:
    if isinstance(value, bool):
        return say(language, "audit.yes" if value else "audit.no")
    if isinstance(value, int) and name.endswith("_fen"):
        return yuan(value)
    if not isinstance(value, str):
        return str(value)
    if HASH.fullmatch(value):
        return f"{value[:12]}…"  # its beginning is enough to compare by eye
    if value in people:
        return f"{display_name(people[value])} ({value})"
    if MOMENT.fullmatch(value):
        return _moment(value)
    if name in TITLES:
        return TITLES[name](value, language)
    table = TABLES.get(name, "audit_value")
    return say(language, "why.comma").join(
        say_code(language, table, code) for code in value.split(",")
    )


def _moment(stamp: str) -> str:
    try:
        return moment(stamp)
    except ValueError:
        return stamp
