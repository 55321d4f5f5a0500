#!/usr/bin/env python3
"""Check an exported audit without the server: python3 check_audit.py FILE [--head SEQ:HASH]...

Needs nothing but Python 3.9 or newer. Prints every fault and exits 0 when the chain holds, 1 when
it does not, 2 when the file is no export. ``--head`` is a head that was kept elsewhere, such as
the one printed on a day's report: with it a cut tail and a rewritten history are found as well.
"""

import argparse
import hashlib
import json
import re
import sys

FORMAT = "hall-audit/1"
FIELDS = ("seq", "at", "kind", "actor", "subject", "facts", "prev_hash", "hash")
LONGEST_LINE = 1_000_000
HASH = re.compile(r"[0-9a-f]{64}")
HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


class NoExport(Exception):
    """The file is not an export of the audit; says which line and why."""


def main(arguments=None):
    """Check one file and return the exit code."""
    parser = argparse.ArgumentParser(description="Check an exported audit without the server.")
    parser.add_argument("file")
    parser.add_argument("--head", action="append", default=[], metavar="SEQ:HASH")
    options = parser.parse_args(arguments)
    try:
        signed = [_head(text) for text in options.head]
        with open(options.file, "rb") as file:
            count, last, faults = check(_lines(file), signed)
    except OSError as error:
        print(f"error: {options.file}: {error.strerror}", file=sys.stderr)
        return 2
    except NoExport as error:
        print(f"error: {options.file}: {error}", file=sys.stderr)
        return 2
    for fault in faults:
        print(f"broken: {fault}")
    if faults:
        return 1
    print(f"ok: {count} events, head {last[0]}:{last[1]}")
    return 0


def check(lines, signed=()):
    """Return (events, (seq, hash) of the last, faults) of an export's lines.

    Raises NoExport for what is no export.
    """
    lines = iter(lines)
    number, first = next(lines, (1, {}))
    if first.get("format") != FORMAT:
        raise NoExport(f"line {number}: this is no {FORMAT} file")
    start = last = _link(first.get("after"), number)
    seen = {start[0]: start[1]} if start[0] else {}
    wanted, faults, count, ended = {seq for seq, _ in signed}, [], 0, None
    for number, line in lines:
        if ended is not None:
            raise NoExport(f"line {number}: something follows the head")
        if "head" in line:
            ended = _link(line["head"], number), line.get("events")
            continue
        event = _event(line, number)
        faults += _faults(event, last)
        last, count = (event[0], event[7]), count + 1
        if event[0] in wanted:
            seen[event[0]] = event[7]
    faults += _end_faults(ended, last, count)
    faults += _head_faults(signed, seen, start[0], last[0])
    return count, last, faults


def _end_faults(ended, last, count):
    if ended is None:
        yield f"the file ends after event {last[0]} without a head: tail cut"
        return
    head, events = ended
    if head != last:
        yield f"the file's last line names event {head[0]} as the head: tail cut or changed"
    if events != count:
        yield f"the file says {events!r} events and holds {count}"


def _head_faults(signed, seen, first, last):
    for seq, name in signed:
        if seq > last:
            yield f"a signed head is event {seq}, the file ends at {last}: tail cut"
        elif seq < first:
            yield f"event {seq} of a signed head lies before this file's first event"
        elif seq and seen.get(seq, name) != name:
            yield f"event {seq}: is not what the signed head names: history rewritten"


def _faults(event, last):
    seq = event[0]
    follows = seq == last[0] + 1
    if not follows:
        if seq <= last[0]:
            yield f"event {seq}: stands after event {last[0]}: reordered"
        else:
            yield f"events {last[0] + 1} to {seq - 1} are missing"
    body = json.dumps(event[:7], ensure_ascii=True)
    if hashlib.sha256(body.encode("ascii")).hexdigest() != event[7]:
        yield f"event {seq}: was changed after it was written"
    elif follows and event[6] != last[1]:
        yield f"event {seq}: follows another event than the one before it: replaced"


def _lines(file):
    """Yield (number, object) of each line. Raises NoExport."""
    number = 0
    while True:
        raw = file.readline(LONGEST_LINE + 1)
        number += 1
        if not raw:
            return
        if len(raw) > LONGEST_LINE:
            raise NoExport(f"line {number}: longer than {LONGEST_LINE} bytes")
        try:
            content = json.loads(raw)
        except (ValueError, RecursionError):
            raise NoExport(f"line {number}: not JSON") from None
        if not isinstance(content, dict):
            raise NoExport(f"line {number}: not a JSON object")
        yield number, content


def _event(line, number):
    event = tuple(line.get(name) for name in FIELDS)
    texts = all(isinstance(value, str) for value in event[1:])
    if set(line) != set(FIELDS) or type(event[0]) is not int or not texts:
        raise NoExport(f"line {number}: an event has exactly {', '.join(FIELDS)}")
    return event


def _link(content, number):
    link = (content.get("seq"), content.get("hash")) if isinstance(content, dict) else (None, None)
    if type(link[0]) is not int or not isinstance(link[1], str) or not HASH.fullmatch(link[1]):
        raise NoExport(f"line {number}: seq and hash of a link are expected")
    return link


def _head(text):
    match = HEAD.fullmatch(text)
    if match is None:
        raise NoExport("--head: SEQ:HASH is allowed")
    return int(match[1]), match[2]


if __name__ == "__main__":
    sys.exit(main())
