"""Values of the hall's configuration in words: spans with their unit, shares, names of codes."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from backend.console.texts import say, say_code
from backend.console.words import in_language
from backend_client.contract import Texts

SECRET = re.compile(r"secret|password|token|credential|(?:^|[._])key$", re.IGNORECASE)
HIDDEN = "••••••"
SECONDS = {"_s": 1, "_min": 60, "_h": 3600, "_days": 86_400}
STEPS = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))
COUNTED = {
    "timers.login_failures": "times",
    "timers.login_failures_per_address": "times",
    "policy.second_factor.failures": "times",
    "policy.match.max_tries": "times",
    "policy.record_portraits_per_kiosk_and_hour": "times",
    "insight.windows": "visits",
    "insight.min_compared": "visits",
    "insight.expected_weight": "visits",
    "insight.suspect.min_failed": "visits",
    "insight.incident.min_failed": "visits",
}
SHARES = frozenset({"policy.second_look.share", "insight.expected_share", "insight.clear_gap"})
CODES = {
    "policy.second_look.kinds": "decide",
    "policy.match.required_references": "why",
    "policy.match.liveness": "settings_liveness",
    "messenger.language": "settings_language",
}
"""The table of texts in which a setting's codes have their words."""


def format_setting(key: str, value: Any, language: str) -> str:
    """Return a setting's value as a person reads it; what looks like a secret is hidden."""
    if SECRET.search(key):
        return HIDDEN
    if key == "messenger.url":
        return hide_path(value) or say(language, "app.none")
    if isinstance(value, list | tuple):
        return join((format_setting(key, one, language) for one in value), language)
    if isinstance(value, bool):
        return say(language, "app.yes" if value else "app.no")
    if key in CODES:
        return say_code(language, CODES[key], str(value))
    if key in SHARES:
        return f"{100 * value:g}%"
    if isinstance(value, int | float):
        return _number(key, value, language)
    if isinstance(value, Mapping):
        return _mapping(key, value, language)
    return str(value) or say(language, "app.none")


def format_seconds(seconds: float, language: str) -> str:
    """Return a span in the largest unit in which it is a whole number."""
    unit, length = next(
        ((unit, length) for unit, length in STEPS if seconds >= length and seconds % length == 0),
        STEPS[-1],
    )
    return say(language, f"settings_unit.{unit}", n=f"{seconds / length:g}")


def format_yuan(fen: int) -> str:
    """Return an amount."""
    return f"¥{fen / 100:,.2f}"


def hide_path(url: str) -> str:
    """Return where a webhook goes without what lets one post there: robots' keys stand in it."""
    parts = urlsplit(url)
    rest = HIDDEN if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{parts.hostname}/{rest}" if parts.hostname else ""


def join(words: Iterable[str], language: str) -> str:
    """Return words in a row, a dash where there are none."""
    return (", " if language == "en" else "、").join(words) or say(language, "app.none")


def names(table: str, codes: Iterable[str], language: str) -> str:
    """Return the words for codes of one table in a row."""
    return join((say_code(language, table, str(code)) for code in codes), language)


def _number(key: str, value: float, language: str) -> str:
    if key.endswith("_ms"):
        return say(language, "settings_unit.milliseconds", n=f"{value:g}")
    for suffix, seconds in SECONDS.items():
        if key.endswith(suffix):
            return format_seconds(value * seconds, language)
    if key in COUNTED:
        return say(language, f"settings_unit.{COUNTED[key]}", n=f"{value:g}")
    return f"{value:g}"


def _mapping(key: str, value: Mapping[str, Any], language: str) -> str:
    try:
        return in_language(Texts.model_validate(value), language)
    except ValidationError:
        return json.dumps(_hidden(value, key), ensure_ascii=False, indent=1)


def _hidden(value: Any, key: str) -> Any:
    if SECRET.search(key):
        return HIDDEN
    if isinstance(value, Mapping):
        return {name: _hidden(part, str(name)) for name, part in value.items()}
    if isinstance(value, list):
        return [_hidden(part, key) for part in value]
    return value
