"""Opens a chip and reads its files in the order that consent allows.

``open_chip`` proves knowledge of the MRZ; what is read after it, and when, is the caller's
decision: DG2 holds face data and waits for the resident's word.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest

from devices.errors import CommandFailed, DeviceError, DeviceTimeout, TransportClosed
from devices.interfaces import ChipConnection, ChipReader
from devices.travel_document import lds
from devices.travel_document.apdu import CommandApdu, ResponseApdu
from devices.travel_document.bac import ANSWER_BYTES, CHALLENGE_BYTES, KEY_BYTES, BacKey, Handshake
from devices.travel_document.errors import (
    AccessDenied,
    AccessNotSupported,
    ChipDataError,
    ChipLost,
    NotATravelDocument,
)
from devices.travel_document.secure_messaging import SecureChannel
from devices.travel_document.tlv import TlvError, parse_header, parse_tlv

EMRTD_AID = bytes.fromhex("A0000002471001")

_CHUNK = 0xDF  # with secure messaging around it the answer stays below 256 bytes
_HEADER = 6  # the longest tag and length of a file; no file is shorter
_MAX_FILE = 0x3FFFF
_ODD_INS_FROM = 0x8000  # READ BINARY has 15 bits of offset; beyond it the odd INS
_NOT_FOUND = frozenset({0x6A82, 0x6A88, 0x6283})
_END_OF_FILE = frozenset({0x9000, 0x6282})
_RANDOM_UID = 0x08  # first byte of a four-byte UID made up at each activation, ISO 14443-3

Progress = Callable[[int, int], None]
"""Receives bytes read and bytes in all of the file that is being read."""


@dataclass(frozen=True, slots=True)
class ChipIdentity:
    """What tells this chip from another one later in the same visit."""

    uid: bytes = field(repr=False)
    dg1_sha256: bytes = field(repr=False)


class ChipSession:
    """The files of one chip over one secure channel."""

    def __init__(
        self,
        connection: ChipConnection,
        channel: SecureChannel,
        on_progress: Progress | None = None,
    ) -> None:
        self._connection = connection
        self._channel = channel
        self._on_progress = on_progress
        self._identity: ChipIdentity | None = None

    @property
    def identity(self) -> ChipIdentity:
        """Return the chip's identity. Raises ChipDataError before DG1 was read."""
        if self._identity is None:
            raise ChipDataError("DG1 has not been read")
        return self._identity

    def read_com(self) -> lds.CommonData:
        """Read EF.COM."""
        return lds.parse_com(self._required(lds.COM))

    def read_dg1(self) -> lds.MrzData:
        """Read DG1; from then on the chip has an identity."""
        group = lds.parse_dg1(self._required(lds.DG1))
        self._identity = ChipIdentity(self._connection.uid, sha256(group.raw).digest())
        return group

    def read_sod(self) -> bytes | None:
        """Read EF.SOD as it is; None when the chip has none. Nothing is verified here.

        Some chips end the channel when asked for a file they lack: that is ChipLost.
        """
        raw = self.read_file(lds.SOD)
        return None if raw is None else lds.check_sod(raw)

    def read_dg2(self) -> lds.ChipPortrait:
        """Read the portrait. Only after the resident agreed to it."""
        return lds.parse_dg2(self._required(lds.DG2))

    def answers(self) -> bool:
        """Say whether the same chip is still there: its channel lives and DG1 is the same."""
        try:
            raw = self.read_file(lds.DG1)
        except (ChipLost, ChipDataError, DeviceTimeout, TransportClosed):
            return False
        return raw is not None and compare_digest(sha256(raw).digest(), self.identity.dg1_sha256)

    def close(self) -> None:
        """End the channel and power the chip off; closing twice is fine."""
        self._channel.alive = False
        self._connection.close()

    def read_file(self, file_id: int) -> bytes | None:
        """Read one elementary file whole; None when there is no such file."""
        selected = self._send(CommandApdu(0x00, 0xA4, 0x02, 0x0C, file_id.to_bytes(2, "big")))
        if selected.sw in _NOT_FOUND:
            return None
        _check(selected, f"select {file_id:04X}")
        return _read_selected(self._send, self._on_progress)

    def _required(self, file_id: int) -> bytes:
        raw = self.read_file(file_id)
        if raw is None:
            raise ChipDataError(f"file {file_id:04X} is missing")
        return raw

    def _send(self, command: CommandApdu) -> ResponseApdu:
        return self._channel.unwrap(_transmit(self._connection, self._channel.wrap(command)))


def open_chip(
    connection: ChipConnection,
    key: BacKey,
    *,
    aid: bytes = EMRTD_AID,
    on_progress: Progress | None = None,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> ChipSession:
    """Select the application and gain access with the key from the printed MRZ.

    Raises AccessDenied (wrong key), AccessNotSupported (the chip wants PACE; there is no way
    back from it to BAC, or an attacker could choose the weaker one), NotATravelDocument,
    ChipLost, ChipDataError.
    """
    if _wants_pace(connection):
        raise AccessNotSupported("the chip wants PACE")
    _select_application(connection, aid)
    challenge = _transmit(connection, CommandApdu(0x00, 0x84, 0, 0, le=CHALLENGE_BYTES))
    _check(challenge, "get challenge")
    if len(challenge.data) != CHALLENGE_BYTES:
        raise ChipDataError("challenge has the wrong length")
    handshake = Handshake(key, challenge.data, random(CHALLENGE_BYTES), random(KEY_BYTES))
    answer = _transmit(connection, CommandApdu(0x00, 0x82, 0, 0, handshake.request(), ANSWER_BYTES))
    if not answer.ok:
        raise AccessDenied(f"the chip refused the key ({answer.sw:04X})")
    return ChipSession(connection, SecureChannel(handshake.finish(answer.data)), on_progress)


def is_same_chip(reader: ChipReader, key: BacKey, identity: ChipIdentity) -> bool:
    """Power the chip anew and say whether it is the one with this identity.

    For when the channel has ended because the card moved away from the antenna and back.
    """
    try:
        connection = reader.connect()
    except (CommandFailed, DeviceTimeout, TransportClosed):
        return False
    try:
        session = open_chip(connection, key)
        session.read_dg1()
    except DeviceError:
        return False
    finally:
        connection.close()
    same_data = compare_digest(session.identity.dg1_sha256, identity.dg1_sha256)
    return same_data and (_is_random(identity.uid) or connection.uid == identity.uid)


def _is_random(uid: bytes) -> bool:
    return len(uid) == 4 and uid[0] == _RANDOM_UID


def _wants_pace(connection: ChipConnection) -> bool:
    """Look for EF.CardAccess in the master file, before any application is selected."""
    selected = _transmit(connection, CommandApdu(0x00, 0xA4, 0x02, 0x0C, b"\x01\x1c"))
    if not selected.ok:
        return False
    raw = _read_selected(lambda command: _transmit(connection, command), None)
    return lds.offers_pace(raw)


def _select_application(connection: ChipConnection, aid: bytes) -> None:
    """Select by name: first as 9303-10 says, then as chips that know no P2 = 0C want it."""
    last = ResponseApdu(b"", 0)
    for p2, le in ((0x0C, None), (0x00, 256), (0x00, None)):
        last = _transmit(connection, CommandApdu(0x00, 0xA4, 0x04, p2, aid, le))
        if last.ok:
            return
    raise NotATravelDocument(f"no travel document application ({last.sw:04X})")


def _read_selected(
    send: Callable[[CommandApdu], ResponseApdu], on_progress: Progress | None
) -> bytes:
    """Read the selected file by the length its first bytes state. Raises ChipDataError."""
    head = _read_part(send, 0, _HEADER)
    try:
        _, length, value_at = parse_header(head)
    except TlvError as error:
        raise ChipDataError(f"file header: {error}") from error
    size = value_at + length
    if size > _MAX_FILE:
        raise ChipDataError(f"file of {size} bytes is longer than any allowed")
    content = bytearray(head[:size])
    while len(content) < size:
        content += _read_part(send, len(content), min(_CHUNK, size - len(content)))
        if on_progress is not None:
            on_progress(len(content), size)
    return bytes(content)


def _read_part(send: Callable[[CommandApdu], ResponseApdu], offset: int, wanted: int) -> bytes:
    if offset < _ODD_INS_FROM:
        response = send(CommandApdu(0x00, 0xB0, offset >> 8, offset & 0xFF, le=wanted))
        data = response.data
    else:
        at = bytes([0x54, 0x03]) + offset.to_bytes(3, "big")
        # The answer comes inside a data object: leave room for its tag and length.
        response = send(CommandApdu(0x00, 0xB1, 0, 0, at, min(wanted + 3, _CHUNK)))
        data = _discretionary(response.data)
    if response.sw not in _END_OF_FILE or not data:
        raise ChipDataError(f"read at {offset}: status {response.sw:04X}, {len(data)} bytes")
    return data[:wanted]


def _discretionary(data: bytes) -> bytes:
    try:
        return parse_tlv(data)[0].value if data else b""
    except TlvError as error:
        raise ChipDataError(f"read: {error}") from error


def _transmit(connection: ChipConnection, command: CommandApdu) -> ResponseApdu:
    try:
        return ResponseApdu.from_bytes(connection.transmit(command.to_bytes()))
    except CommandFailed as error:
        raise ChipLost(str(error)) from error
    except ValueError as error:
        raise ChipDataError(str(error)) from error


def _check(response: ResponseApdu, what: str) -> None:
    if not response.ok:
        raise ChipDataError(f"{what}: status {response.sw:04X}")
