"""ISO 7816-4 command and response APDUs, short form. Pure."""

from dataclasses import dataclass

MAX_LE = 256


@dataclass(frozen=True, slots=True)
class CommandApdu:
    """One command. ``le`` is the number of bytes wanted, 256 meaning all; None means none."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    le: int | None = None

    @property
    def header(self) -> bytes:
        """Return CLA INS P1 P2."""
        return bytes([self.cla, self.ins, self.p1, self.p2])

    def to_bytes(self) -> bytes:
        """Return the short form. Raises ValueError when data or le do not fit it."""
        if len(self.data) > 0xFF or not (self.le is None or 1 <= self.le <= MAX_LE):
            raise ValueError("does not fit a short APDU")
        body = bytes([len(self.data)]) + self.data if self.data else b""
        return self.header + body + (b"" if self.le is None else bytes([self.le & 0xFF]))

    @classmethod
    def from_bytes(cls, apdu: bytes) -> "CommandApdu":
        """Parse the short form. Raises ValueError when lengths do not fit."""
        if len(apdu) < 4:
            raise ValueError("a command has at least four bytes")
        (cla, ins, p1, p2), body = apdu[:4], apdu[4:]
        if not body:
            return cls(cla, ins, p1, p2)
        if len(body) == 1:
            return cls(cla, ins, p1, p2, le=body[0] or MAX_LE)
        length, rest = body[0], body[1:]
        if not length or len(rest) - length not in (0, 1):
            raise ValueError("Lc does not fit the command")
        le = (rest[length] or MAX_LE) if len(rest) > length else None
        return cls(cla, ins, p1, p2, rest[:length], le)


@dataclass(frozen=True, slots=True)
class ResponseApdu:
    """One response: data and the two status bytes."""

    data: bytes
    sw: int

    @property
    def ok(self) -> bool:
        """Say whether the status is 9000."""
        return self.sw == 0x9000

    def to_bytes(self) -> bytes:
        """Return data and status bytes."""
        return self.data + self.sw.to_bytes(2, "big")

    @classmethod
    def from_bytes(cls, apdu: bytes) -> "ResponseApdu":
        """Parse a response. Raises ValueError when even the status is missing."""
        if len(apdu) < 2:
            raise ValueError("a response has at least its two status bytes")
        return cls(apdu[:-2], int.from_bytes(apdu[-2:], "big"))
