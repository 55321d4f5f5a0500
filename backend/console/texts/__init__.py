"""The console's words: one folder per language, one TOML file per area; read once, no build step.

A key is ``table.name``. All languages have the same keys; the tests see to it. Words with holes use
``str.format`` fields.
"""

import tomllib
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("zh-hans", "zh-hant", "en")
"""Django's codes of the console's languages; the first is the default."""


@lru_cache(maxsize=len(LANGUAGES))
def words_of(language: str) -> dict[str, str]:
    """Return every text of ``language`` by its key."""
    return {
        f"{table}.{name}": text
        for path in sorted(Path(__file__).with_name(language).glob("*.toml"))
        for table, texts in tomllib.loads(path.read_text("utf-8")).items()
        for name, text in texts.items()
    }


def known_language(code: str | None) -> str:
    """Return ``code`` as one of LANGUAGES; anything else becomes the default."""
    lowered = (code or "").lower()
    return lowered if lowered in LANGUAGES else LANGUAGES[0]


def say(language: str, key: str, **fields: object) -> str:
    """Return the text of ``key``, its fields filled in."""
    text = words_of(known_language(language))[key]
    return text.format(**fields) if fields else text


def say_code(language: str, table: str, code: str) -> str:
    """Return the words for a code that came from outside; an unknown code is shown as it is."""
    return words_of(known_language(language)).get(f"{table}.{code}", code)
