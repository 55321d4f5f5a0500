"""What the three state bytes R, P and S of every answer mean. Pure."""

from dataclasses import dataclass

from devices.interfaces import CardPosition
from devices.sanwa_crp1231.frames import Frame
from devices.status import DeviceStatus, Faulted, Ready, Trouble

R_NONE, R_READ_HEAD, R_THERMAL_HEAD, R_EJECT_SLOT = 0x30, 0x31, 0x32, 0x34
P_OK, P_READ, P_WRITE, P_JAM, P_MOTOR, P_PRINT = 0x30, 0x31, 0x32, 0x33, 0x34, 0x35
P_PULLED, P_BATTERY, P_SYSTEM = 0x38, 0x40, 0x41
S_IDLE, S_ILLEGAL, S_RUNNING, S_WAITING_FOR_CARD = 0x30, 0x32, 0x33, 0x34

_POSITIONS = {
    R_NONE: CardPosition.NONE,
    R_READ_HEAD: CardPosition.INSIDE,
    R_THERMAL_HEAD: CardPosition.INSIDE,
    R_EJECT_SLOT: CardPosition.AT_GATE,
}
_PROBLEMS = {
    P_READ: "read error",
    P_WRITE: "write error",
    P_JAM: "card jam",
    P_MOTOR: "motor error",
    P_PRINT: "print error",
    P_PULLED: "card was pulled out or the command is not allowed now",
    P_BATTERY: "battery error",
    P_SYSTEM: "system error",
}
_TROUBLES = {
    P_JAM: Trouble.JAM,
    P_PULLED: Trouble.CARD_PULLED,
    P_MOTOR: Trouble.HARDWARE,
    P_SYSTEM: Trouble.HARDWARE,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One decoded answer of the device."""

    code: int
    r: int
    p: int
    s: int
    data: bytes = b""

    @property
    def ok(self) -> bool:
        """Say whether the command ended without any error."""
        return self.p == P_OK and self.s == S_IDLE

    @property
    def position(self) -> CardPosition:
        """Say where the card is (LR model); UNKNOWN for a byte the manual does not list."""
        return _POSITIONS.get(self.r, CardPosition.UNKNOWN)

    @property
    def device_code(self) -> str:
        """Return the state bytes as staff would read them to the maker's support."""
        return f"R={self.r:02X} P={self.p:02X} S={self.s:02X}"

    @property
    def problem(self) -> str:
        """Say in words what went wrong; "" when nothing did."""
        if self.p != P_OK:
            return _PROBLEMS.get(self.p, "magnetic track error" if self.p > 0x50 else "error")
        return "command refused" if self.s == S_ILLEGAL else ""


def parse_answer(frame: Frame) -> Answer:
    """Decode a device frame's state bytes."""
    r, p, s = frame.state
    return Answer(frame.code, r, p, s, frame.data)


def judge(answer: Answer) -> DeviceStatus:
    """Turn an answer to STATUS into the closed status union.

    Errors of a single command (print, read, write) leave the device usable.
    """
    trouble = _TROUBLES.get(answer.p)
    if trouble is not None:
        return Faulted(trouble, f"{answer.problem} ({answer.device_code})")
    note = answer.problem
    return Ready(f"{note} ({answer.device_code})" if note else "")
