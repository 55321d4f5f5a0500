"""Taking tables out of the text of a ``model.toml``, its comments kept. Pure.

TOML's own reader loses comments, so this goes by lines. Whether it understood the file is for the
caller to see: what was written is read again.
"""

import re
from collections.abc import Collection

_HEADER = re.compile(r"""\s*\[(?P<array>\[?)\s*["']?(?P<key>[\w-]*)["']?\s*[\].]""")


def without_tables(text: str, keys: Collection[str]) -> str:
    """Return the text without the ``[[key]]`` tables of these keys.

    Comments of lines of their own after a table's last entry belong to what follows and stay.
    """
    kept: list[str] = []
    table: list[str] = []
    inside = False
    for line in text.splitlines():
        header = _HEADER.match(line)
        if header is not None:
            kept += _tail(table)
            table.clear()
            inside = header["array"] == "[" and header["key"] in keys
        (table if inside else kept).append(line)
    kept += _tail(table)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).rstrip("\n") + "\n"


def _tail(table: list[str]) -> list[str]:
    """Return the blank lines and comments after a table's last entry."""
    at = len(table)
    while at > 1 and (not table[at - 1].strip() or table[at - 1].lstrip().startswith("#")):
        at -= 1
    return table[at:]
