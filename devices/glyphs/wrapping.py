"""Breaks text into lines of the cell grid. Pure."""

from devices.glyphs.font import columns_of

MARKS = "，。；：！？"


def wrap(text: str, max_columns: int) -> list[str]:
    """Break a line at the last blank that fits, or between characters; hanzi are 2 columns."""
    lines: list[str] = []
    rest = text.rstrip()
    while columns_of(rest) > max_columns:
        cut = _longest_start(rest, max_columns)
        blank = rest.rfind(" ", 1, cut + 1)
        cut = blank if blank > 0 else cut
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, rest]


def wrap_sentence(text: str, max_columns: int) -> list[str]:
    """Break as ``wrap`` does, but after a hanzi sentence's mark where that takes no more lines.

    No last line is then left with one character of a word, where it can be helped.
    """
    lines = wrap(text, max_columns)
    if len(lines) < 2:
        return lines
    cut = max(lines[0].rfind(mark) for mark in MARKS) + 1
    if cut == 0 or len(wrap(text[cut:].lstrip(), max_columns)) >= len(lines):
        cut = len(lines[0])
    return [text[:cut].rstrip(), *wrap_sentence(text[cut:].lstrip(), max_columns)]


def _longest_start(text: str, max_columns: int) -> int:
    """Return how many characters fit; at least one, so that wrapping always ends."""
    used = 0
    for index, char in enumerate(text):
        used += columns_of(char)
        if used > max_columns:
            return max(index, 1)
    return len(text)
