"""An emulated permit chip: files behind real Basic Access Control and secure messaging.

Keeps its own way through the protocol. It shares codecs and cipher primitives with the
reader, not its handshake or secure messaging, so that both cannot agree on an error.
"""

import os
from dataclasses import dataclass
from hashlib import sha1

from devices.travel_document.apdu import CommandApdu, ResponseApdu
from devices.travel_document.crypto import decrypt, encrypt, mac, pad, unpad
from devices.travel_document.tlv import TlvError, format_tlv, parse_tlvs

_AID = bytes.fromhex("A0000002471001")
_OK, _MORE = 0x9000, 0x6282
_WRONG_LENGTH, _NO_SECURITY, _BAD_OBJECTS = 0x6700, 0x6982, 0x6988
_NO_FILE, _WRONG_P1P2, _NO_INS, _BAD_OFFSET, _AUTH_FAILED = 0x6A82, 0x6A86, 0x6D00, 0x6B00, 0x6300


@dataclass(frozen=True, slots=True)
class ChipQuirks:
    """Ways in which real chips differ."""

    refuses_le_on_select: bool = False
    wants_p2_zero: bool = False
    data_object_last: bool = False


class _Refused(Exception):
    def __init__(self, sw: int) -> None:
        self.sw = sw


class EepChip:
    """One chip; ``key_information`` is number, birth and expiry with their check digits."""

    atr = bytes.fromhex("3B8880010000000000000000" + "09")

    def __init__(
        self,
        key_information: str,
        files: dict[int, bytes],
        *,
        master_files: dict[int, bytes] | None = None,
        uid: bytes | None = None,
        quirks: ChipQuirks | None = None,
    ) -> None:
        seed = sha1(key_information.encode("ascii"), usedforsecurity=False).digest()[:16]
        self._enc, self._mac = _session_key(seed, 1), _session_key(seed, 2)
        self._files = files
        self._master_files = master_files or {}
        self._quirks = quirks or ChipQuirks()
        self.uid = uid or b"\x04" + os.urandom(6)
        self.reset()

    def reset(self) -> None:
        """Lose selection, challenge and channel."""
        self._in_application = False
        self._selected: bytes | None = None
        self._challenge = b""
        self._channel: _ChipChannel | None = None

    def transmit(self, command: bytes) -> bytes:
        """Answer one command APDU."""
        try:
            apdu = CommandApdu.from_bytes(command)
        except ValueError:
            return ResponseApdu(b"", _WRONG_LENGTH).to_bytes()
        if apdu.cla & 0x0C == 0x0C:
            return self._protected(apdu).to_bytes()
        self._channel = None
        return self._answer(apdu).to_bytes()

    def _protected(self, apdu: CommandApdu) -> ResponseApdu:
        channel = self._channel
        if channel is None:
            return ResponseApdu(b"", _NO_SECURITY)
        try:
            inner = channel.open(apdu)
        except (_Refused, TlvError, ValueError):
            self._channel = None
            return ResponseApdu(b"", _BAD_OBJECTS)
        answer = self._answer(inner)
        return channel.close(answer, odd=bool(apdu.ins & 1), last=self._quirks.data_object_last)

    def _answer(self, apdu: CommandApdu) -> ResponseApdu:
        try:
            return ResponseApdu(*self._dispatch(apdu))
        except _Refused as refused:
            return ResponseApdu(b"", refused.sw)

    def _dispatch(self, apdu: CommandApdu) -> tuple[bytes, int]:
        match apdu.ins:
            case 0xA4 if apdu.p1 == 0x04:
                return self._select_application(apdu)
            case 0xA4:
                return self._select_file(apdu)
            case 0x84:
                self._challenge = os.urandom(8)
                return self._challenge, _OK
            case 0x82:
                return self._authenticate(apdu.data), _OK
            case 0xB0:
                return self._read(apdu.p1 << 8 | apdu.p2, apdu.le or 0)
            case 0xB1:
                return self._read_odd(apdu)
            case _:
                raise _Refused(_NO_INS)

    def _select_application(self, apdu: CommandApdu) -> tuple[bytes, int]:
        if self._quirks.refuses_le_on_select and apdu.le is not None:
            raise _Refused(_WRONG_LENGTH)
        if self._quirks.wants_p2_zero and apdu.p2:
            raise _Refused(_WRONG_P1P2)
        if apdu.data != _AID:
            raise _Refused(_NO_FILE)
        self._in_application, self._selected = True, None
        return b"", _OK

    def _select_file(self, apdu: CommandApdu) -> tuple[bytes, int]:
        file_id = int.from_bytes(apdu.data, "big")
        if not self._in_application:
            files = self._master_files
        elif self._channel is None:
            raise _Refused(_NO_SECURITY)
        else:
            files = self._files
        if file_id not in files:
            raise _Refused(_NO_FILE)
        self._selected = files[file_id]
        return b"", _OK

    def _authenticate(self, data: bytes) -> bytes:
        challenge, self._challenge = self._challenge, b""
        cryptogram, code = data[:32], data[32:]
        if not challenge or len(data) != 40 or mac(self._mac, cryptogram) != code:
            raise _Refused(_AUTH_FAILED)
        plain = decrypt(self._enc, cryptogram)
        if plain[8:16] != challenge:
            raise _Refused(_AUTH_FAILED)
        own_key = os.urandom(16)
        seed = (int.from_bytes(plain[16:], "big") ^ int.from_bytes(own_key, "big")).to_bytes(
            16, "big"
        )
        answer = encrypt(self._enc, challenge + plain[:8] + own_key)
        self._channel = _ChipChannel(seed, challenge[-4:] + plain[4:8])
        return answer + mac(self._mac, answer)

    def _read(self, offset: int, wanted: int) -> tuple[bytes, int]:
        if self._selected is None or (self._in_application and self._channel is None):
            raise _Refused(_NO_SECURITY)
        if offset > len(self._selected):
            raise _Refused(_BAD_OFFSET)
        data = self._selected[offset : offset + wanted]
        return data, _OK if len(data) == wanted or wanted == 256 else _MORE

    def _read_odd(self, apdu: CommandApdu) -> tuple[bytes, int]:
        if apdu.data[:1] != b"\x54" or apdu.le is None:
            raise _Refused(_WRONG_P1P2)
        offset = int.from_bytes(apdu.data[2:], "big")
        room = apdu.le - 2 if apdu.le - 2 < 0x80 else apdu.le - 3
        data, sw = self._read(offset, room)
        return format_tlv(0x53, data), sw


class _ChipChannel:
    """The chip's side of secure messaging."""

    def __init__(self, seed: bytes, counter: bytes) -> None:
        self._enc, self._mac = _session_key(seed, 1), _session_key(seed, 2)
        self._counter = int.from_bytes(counter, "big")

    def open(self, apdu: CommandApdu) -> CommandApdu:
        """Check and decrypt a command. Raises _Refused, TlvError or ValueError."""
        body, code = apdu.data[:-10], apdu.data[-10:]
        if code[:2] != b"\x8e\x08" or self._code(pad(apdu.header) + body) != code[2:]:
            raise _Refused(_BAD_OBJECTS)
        data, le = b"", None
        for item in parse_tlvs(body):
            if item.tag == 0x87:
                data = unpad(decrypt(self._enc, item.value[1:]))
            elif item.tag == 0x85:
                data = unpad(decrypt(self._enc, item.value))
            elif item.tag == 0x97:
                le = item.value[0] or 256
        return CommandApdu(apdu.cla & 0xF0, apdu.ins, apdu.p1, apdu.p2, data, le)

    def close(self, answer: ResponseApdu, *, odd: bool, last: bool) -> ResponseApdu:
        """Encrypt and sign an answer."""
        objects = [format_tlv(0x99, answer.sw.to_bytes(2, "big"))]
        if answer.data:
            cipher = encrypt(self._enc, pad(answer.data))
            item = format_tlv(0x85, cipher) if odd else format_tlv(0x87, b"\x01" + cipher)
            objects.insert(1 if last else 0, item)
        body = b"".join(objects)
        return ResponseApdu(body + format_tlv(0x8E, self._code(body)), answer.sw)

    def _code(self, data: bytes) -> bytes:
        self._counter += 1
        return mac(self._mac, self._counter.to_bytes(8, "big") + data)


def _session_key(seed: bytes, number: int) -> bytes:
    """Derive a key; DES takes no notice of parity bits, so they stay as they fall."""
    return sha1(seed + bytes([0, 0, 0, number]), usedforsecurity=False).digest()[:16]
