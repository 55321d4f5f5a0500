"""The chain as JSON lines, for somebody who has neither the server nor trust in it.

First line: format and the link before the first event. Then one event a line, as it is stored.
Last line: the head. ``tools/check_audit.py`` checks such a file with nothing but Python.
"""

import json
from collections.abc import Iterable, Iterator

from backend.audit.chain import Head, Link

FORMAT = "hall-audit/1"


def export_lines(links: Iterable[Link], start: Head) -> Iterator[str]:
    """Yield the lines of an export of ``links``, which follow ``start``; none ends in a newline."""
    yield _line({"format": FORMAT, "after": {"seq": start.seq, "hash": start.hash}})
    last, count = start, 0
    for link in links:
        yield _line(link._asdict())
        last, count = Head(link.seq, link.hash), count + 1
    yield _line({"head": {"seq": last.seq, "hash": last.hash}, "events": count})


def _line(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=True, separators=(",", ":"))
