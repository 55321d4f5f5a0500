"""Turns the lines of a back into glyphs to register and print frames. Pure.

ASCII goes as it is; every other character becomes a registered glyph, because the device's own
font is Shift-JIS, which lacks most simplified characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from devices.glyphs import columns_of, full_cell
from devices.glyphs.charset import can_draw
from devices.interfaces import BackLine
from devices.sanwa_crp1231.frames import MAX_DATA, Code, Frame

SLOTS = 256
NEW_LINE, TALL, NORMAL = b"\x0d", b"\x11", b"\x14"
_ESC_GLYPH = b"\x1bg"
_HEADER_BYTES = 3
_IDEOGRAPHIC_SPACE = "\u3000"
_SHIFT_JIS_DIFFERS = "\\~"  # these two ASCII codes are yen and overline in Shift-JIS
_BLANK = "\u3000"


@dataclass(frozen=True, slots=True)
class PrintLayout:
    """How much one back holds, and the codes of two print modes.

    Sources disagree on which of '0' and '1' means *print now*; it is a setting until a real
    device has been seen.
    """

    max_lines: int = 20
    max_columns: int = 60
    now_mode: bytes = b"0"
    wait_mode: bytes = b"1"


@dataclass(frozen=True, slots=True)
class DoesNotFit:
    """Why these lines cannot be printed."""

    reason: str


@dataclass(frozen=True, slots=True)
class PrintPlan:
    """Frames in the order they are sent. Only ``final`` moves the card."""

    glyphs: tuple[Frame, ...]
    composing: tuple[Frame, ...]
    final: Frame


def rows_of(lines: Sequence[BackLine]) -> int:
    """Count single-height rows."""
    return sum(2 if line.tall else 1 for line in lines)


def _needs_glyph(char: str) -> bool:
    return char != _IDEOGRAPHIC_SPACE and (not " " <= char <= "~" or char in _SHIFT_JIS_DIFFERS)


def _columns(line: BackLine) -> int:
    extra = sum(char in _SHIFT_JIS_DIFFERS for char in line.text)
    return columns_of(line.text) + extra


def _check(lines: Sequence[BackLine], layout: PrintLayout) -> DoesNotFit | None:
    if not any(line.text.strip() for line in lines):
        return DoesNotFit("there is nothing to print")
    if rows_of(lines) > layout.max_lines:
        return DoesNotFit(f"{rows_of(lines)} rows, the card holds {layout.max_lines}")
    for number, line in enumerate(lines, 1):
        if _columns(line) > layout.max_columns:
            return DoesNotFit(
                f"line {number} takes {_columns(line)} columns, the card has {layout.max_columns}"
            )
        bad = next((char for char in line.text if _needs_glyph(char) and not can_draw(char)), None)
        if bad is not None:
            return DoesNotFit(f"line {number}: no glyph for U+{ord(bad):04X}")
    return None


def _assign_slots(lines: Sequence[BackLine]) -> dict[str, int]:
    """Give each glyph a slot, in order of appearance; slot 0 is the blank end marker."""
    needed = dict.fromkeys(char for line in lines for char in line.text if _needs_glyph(char))
    return {char: slot for slot, char in enumerate((_BLANK, *needed))}


def _encode(line: BackLine, slots: dict[str, int]) -> bytes:
    parts = [TALL if line.tall else NORMAL]
    for char in line.text:
        if char == _IDEOGRAPHIC_SPACE:
            parts.append(b"  ")
        elif char in slots:
            parts.append(_ESC_GLYPH + bytes((slots[char],)))
        else:
            parts.append(char.encode("ascii"))
    return b"".join(parts)


def _pack(lines: Sequence[BackLine], slots: dict[str, int]) -> list[tuple[int, bytes]]:
    """Join lines into as few (first row, text) pieces as fit a frame each."""
    # The end marker comes last: a device that lost power since has no such glyph and refuses.
    end = _ESC_GLYPH + bytes((slots[_BLANK],))
    room = MAX_DATA - _HEADER_BYTES - len(end)
    pieces: list[tuple[int, bytes]] = []
    row = 1
    for line in lines:
        encoded = _encode(line, slots)
        if pieces and len(pieces[-1][1]) + len(NEW_LINE) + len(encoded) <= room:
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + NEW_LINE + encoded)
        else:
            pieces.append((row, encoded))
        row += 2 if line.tall else 1
    pieces[-1] = (pieces[-1][0], pieces[-1][1] + end)
    return pieces


def _register(char: str, slot: int) -> Frame:
    dots = np.packbits(full_cell(char)).tobytes()
    return Frame(Code.REGISTER_GLYPH, data=bytes((slot,)) + dots)


def plan_print(lines: Sequence[BackLine], layout: PrintLayout) -> PrintPlan | DoesNotFit:
    """Plan a whole back, or say why it does not fit."""
    problem = _check(lines, layout)
    if problem is not None:
        return problem
    slots = _assign_slots(lines)
    if len(slots) > SLOTS:
        return DoesNotFit(
            f"{len(slots) - 1} different characters, the device can register {SLOTS - 1}"
        )
    frames = []
    pieces = _pack(lines, slots)
    for index, (row, text) in enumerate(pieces):
        mode = layout.now_mode if index == len(pieces) - 1 else layout.wait_mode
        buffer = b"0" if index == 0 else b"1"
        frames.append(Frame(Code.PRINT, data=mode + buffer + bytes((row,)) + text))
    return PrintPlan(
        glyphs=tuple(_register(char, slot) for char, slot in slots.items()),
        composing=tuple(frames[:-1]),
        final=frames[-1],
    )
