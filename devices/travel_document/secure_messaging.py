"""Secure messaging with 3DES: wraps commands, checks and unwraps responses. Pure.

Source: ICAO 9303 part 11, section 9.8. Any error ends the channel for good: the counters of
both sides no longer agree, and the only way back is a new access.
"""

from hmac import compare_digest

from devices.travel_document.apdu import MAX_LE, CommandApdu, ResponseApdu
from devices.travel_document.bac import Session
from devices.travel_document.crypto import BLOCK, decrypt, encrypt, mac, pad, unpad
from devices.travel_document.errors import ChipDataError, ChipLost
from devices.travel_document.tlv import Tlv, format_tlv, parse_tlvs

_SECURE = 0x0C
_DATA, _DATA_ODD, _LE, _STATUS, _MAC = 0x87, 0x85, 0x97, 0x99, 0x8E
_PADDED = b"\x01"


class SecureChannel:
    """One direction-counting channel to one powered chip."""

    def __init__(self, session: Session) -> None:
        self._keys = session.keys
        self._counter = session.counter
        self.alive = True

    def wrap(self, command: CommandApdu) -> CommandApdu:
        """Return the protected command. Raises ChipLost when the channel has ended."""
        if not self.alive:
            raise ChipLost("the secure channel has ended")
        header = CommandApdu(command.cla | _SECURE, command.ins, command.p1, command.p2)
        objects = b""
        if command.data:
            cipher = encrypt(self._keys.enc, pad(command.data))
            odd = command.ins & 1
            objects += format_tlv(_DATA_ODD, cipher) if odd else format_tlv(_DATA, _PADDED + cipher)
        if command.le is not None:
            objects += format_tlv(_LE, bytes([command.le & 0xFF]))
        code = self._next_mac(pad(header.header) + objects)
        return CommandApdu(
            header.cla,
            header.ins,
            header.p1,
            header.p2,
            objects + format_tlv(_MAC, code),
            MAX_LE,
        )

    def unwrap(self, response: ResponseApdu) -> ResponseApdu:
        """Check a protected response and return what it protects.

        Raises ChipLost when the chip answered without protection (it has ended the channel),
        ChipDataError when the protection does not hold.
        """
        try:
            objects = parse_tlvs(response.data)
            if not objects or (not response.ok and objects[-1].tag != _MAC):
                self.alive = False
                raise ChipLost(f"unprotected answer {response.sw:04X} ended the secure channel")
            return self._unwrap(objects, response.sw)
        except ValueError as error:
            self.alive = False
            raise ChipDataError(f"secure messaging: {error}") from error

    def _unwrap(self, objects: list[Tlv], outer_status: int) -> ResponseApdu:
        found = {item.tag: item for item in objects}
        if len(found) != len(objects) or not found.keys() <= {_DATA, _DATA_ODD, _STATUS, _MAC}:
            raise ValueError("unexpected data objects")
        if _MAC not in found or objects[-1].tag != _MAC:
            raise ValueError("no authentication code at the end")
        # The code covers the objects in the order in which the chip sent them.
        covered = b"".join(item.raw for item in objects if item.tag != _MAC)
        if not compare_digest(self._next_mac(covered), found[_MAC].value):
            raise ValueError("wrong authentication code")
        status = self._status(found.get(_STATUS), outer_status)
        return ResponseApdu(self._data(found), status)

    @staticmethod
    def _status(protected: Tlv | None, outer: int) -> int:
        """Return the status the code vouches for; it must be the one that was sent outside."""
        if protected is None:
            # 9303-11 makes DO'99' mandatory; without it the status would be anybody's.
            raise ValueError("status not protected")
        status = int.from_bytes(protected.value, "big")
        if len(protected.value) != 2 or status != outer:
            raise ValueError("protected and plain status differ")
        return status

    def _data(self, found: dict[int, Tlv]) -> bytes:
        if _DATA in found:
            value = found[_DATA].value
            if value[:1] != _PADDED:
                raise ValueError("unknown padding indicator")
            cipher = value[1:]
        elif _DATA_ODD in found:
            cipher = found[_DATA_ODD].value
        else:
            return b""
        if not cipher or len(cipher) % BLOCK:
            raise ValueError("encrypted data has no whole blocks")
        return unpad(decrypt(self._keys.enc, cipher))

    def _next_mac(self, data: bytes) -> bytes:
        self._counter = (self._counter + 1) % (1 << 64)
        return mac(self._keys.mac, self._counter.to_bytes(BLOCK, "big") + data)
