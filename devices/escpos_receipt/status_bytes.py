"""Real-time status of ESC/POS printers (DLE EOT n) and the in-order answer (GS r 1). Pure."""

from devices.status import DeviceStatus, Faulted, NearEnd, Ready, Trouble

STATUS_KINDS = (1, 2, 3, 4)
_FIXED_MASK, _FIXED_BITS = 0x93, 0x12
_IN_ORDER_FIXED = 0x90  # bits 7 and 4 are 0 in the answer to GS r

_OFFLINE = 0x08
_COVER_OPEN, _STOPPED_BY_PAPER_END, _ERROR = 0x04, 0x20, 0x40
_CUTTER, _UNRECOVERABLE, _RECOVERABLE = 0x08, 0x20, 0x44
_NEAR_END, _PAPER_END = 0x0C, 0x60


def ask_status(kind: int) -> bytes:
    """Encode DLE EOT ``kind``."""
    return bytes((0x10, 0x04, kind))


ASK_IN_ORDER = b"\x1dr\x01"
"""GS r 1: answered only when everything before it has been carried out."""


def is_status(byte: int) -> bool:
    """Say whether a byte can be a real-time status: its fixed bits must be right."""
    return byte & _FIXED_MASK == _FIXED_BITS


def is_in_order_answer(byte: int) -> bool:
    """Say whether a byte can be the answer to GS r."""
    return byte & _IN_ORDER_FIXED == 0


def judge(answers: dict[int, int]) -> DeviceStatus:
    """Turn the status bytes by kind (1 to 4) into the closed status union."""
    printer, offline_cause = answers[1], answers[2]
    error_cause, paper = answers[3], answers[4]
    if offline_cause & _COVER_OPEN:
        return Faulted(Trouble.COVER_OPEN, "cover is open")
    if paper & _PAPER_END or offline_cause & _STOPPED_BY_PAPER_END:
        return Faulted(Trouble.PAPER_OUT, "no paper")
    if error_cause & _CUTTER:
        return Faulted(Trouble.CUTTER, "cutter error")
    if error_cause & (_UNRECOVERABLE | _RECOVERABLE) or offline_cause & _ERROR:
        return Faulted(Trouble.HARDWARE, f"printer error (cause {error_cause:02X})")
    if printer & _OFFLINE:
        return Faulted(Trouble.HARDWARE, "printer is offline without a named cause")
    if paper & _NEAR_END:
        return NearEnd("paper is near its end")
    return Ready()
