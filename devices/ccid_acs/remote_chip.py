"""A chip that is another program: vpcd form over TCP, plugged into the emulated reader.

Two-byte big-endian length and payload; one-byte payloads 00 off, 01 on, 02 reset, 04 ATR.
"""

import os
import socket

from devices.ccid_acs.antenna import ChipSilent

_OFF, _ON, _GET_ATR = b"\x00", b"\x01", b"\x04"
_TIMEOUT_S = 10.0
_UID_BYTES = 4


class RemoteChip:
    """Connects at once. Raises OSError when nobody listens at ``host``, ``port``."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), _TIMEOUT_S)
        self.uid = b"\x08" + os.urandom(_UID_BYTES - 1)  # 08: a random UID, ISO 14443-3
        self._send(_ON)
        self.atr = self._ask(_GET_ATR)

    def reset(self) -> None:
        """Power the chip off and on."""
        self._send(_OFF)
        self._send(_ON)

    def transmit(self, command: bytes) -> bytes:
        """Answer one command APDU. Raises ChipSilent when the program is gone."""
        try:
            return self._ask(command)
        except OSError as error:
            raise ChipSilent(str(error)) from error

    def close(self) -> None:
        """Hang up; closing twice is fine."""
        self._socket.close()

    def _send(self, payload: bytes) -> None:
        self._socket.sendall(len(payload).to_bytes(2, "big") + payload)

    def _ask(self, payload: bytes) -> bytes:
        self._send(payload)
        return self._receive(int.from_bytes(self._receive(2), "big"))

    def _receive(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            if not part:
                raise ConnectionError("the chip's program hung up")
            data += part
        return data
