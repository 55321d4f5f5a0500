"""Drives the chip reader: powers the one chip in the field and carries APDUs to it.

Blocking and without threads; whoever owns the port calls it from one thread.
"""

import time
from itertools import count
from threading import Event

from devices.ccid_acs.ccid import ChipState, Command, Progress, Reply, Request
from devices.ccid_acs.exchange import Exchange, Timing, answer_parser
from devices.ccid_acs.frames import MAX_DATA
from devices.ccid_acs.polling import Polling, parse_target_count
from devices.errors import (
    CommandFailed,
    DeviceError,
    DeviceTimeout,
    ProtocolError,
    TransportClosed,
)
from devices.interfaces import FieldPresence, Transport
from devices.status import DeviceStatus, Disconnected, Faulted, Ready, Trouble

_GET_UID = bytes.fromhex("FFCA000000")
_OK = b"\x90\x00"


class AcsChipReader:
    """A ``ChipReader`` on a serial line."""

    def __init__(
        self,
        line: Transport,
        *,
        timing: Timing | None = None,
        polling: Polling | None = None,
        cancel: Event | None = None,
    ) -> None:
        self._line = line
        self._timing = timing or Timing()
        self._cancel = cancel
        self._parser = answer_parser()
        self._polling = polling or Polling()
        self._sequences = count(1)

    def initialise(self) -> None:
        """Bring the reader to a known state: nothing powered. Raises DeviceError."""
        self._command(Request.POWER_OFF)

    def status(self) -> DeviceStatus:
        """Ask for the slot's status; Disconnected when the reader does not answer."""
        try:
            reply = self._command(Request.SLOT_STATUS, timeout_s=self._timing.status_s)
        except (TransportClosed, DeviceTimeout) as error:
            return Disconnected(str(error))
        except DeviceError as error:
            return Faulted(Trouble.HARDWARE, str(error))
        return Ready(f"chip {reply.chip.name.lower()}")

    def presence(self) -> FieldPresence:
        """Say how many chips answer the anticollision, and release them again."""
        answer = self._command(Request.ESCAPE, self._polling.list_targets).data
        targets = parse_target_count(answer)
        if targets:
            self._command(Request.ESCAPE, self._polling.release)
        if targets == 0:
            return FieldPresence.EMPTY
        return FieldPresence.ONE if targets == 1 else FieldPresence.SEVERAL

    def connect(self) -> "AcsChipConnection":
        """Power the one chip in the field. Raises CommandFailed when there is none or several."""
        presence = self.presence()
        if presence is not FieldPresence.ONE:
            raise CommandFailed(f"field is {presence}, wanted one chip", presence)
        atr = self._command(Request.POWER_ON).data
        answer = self.transfer(_GET_UID)
        if answer[-2:] != _OK or len(answer) < 3:
            raise CommandFailed("the reader names no UID", answer[-2:].hex())
        return AcsChipConnection(self, answer[:-2], atr)

    def transfer(self, apdu: bytes) -> bytes:
        """Carry one APDU to the powered chip and its answer back."""
        if len(apdu) > MAX_DATA:
            raise ValueError(f"{len(apdu)} bytes do not fit one CCID message")
        reply = self._command(Request.TRANSFER, apdu)
        if len(reply.data) < 2:
            raise ProtocolError("the chip's answer has no status bytes")
        return reply.data

    def power_off(self) -> None:
        """Power the chip off."""
        self._command(Request.POWER_OFF)

    def _command(
        self, request: Request, data: bytes = b"", timeout_s: float | None = None
    ) -> Reply:
        """Send a command and return its reply. Raises CommandFailed when the reader refuses."""
        deadline = time.monotonic() + (timeout_s or self._timing.command_s)
        command = Command(request, next(self._sequences) & 0xFF, data)
        reply = Exchange(self._line, self._parser, command, self._timing, self._cancel).run(
            deadline
        )
        if reply.progress is Progress.FAILED:
            where = "no chip in the field" if reply.chip is ChipState.ABSENT else "chip or slot"
            raise CommandFailed(f"{request.name} refused: {where}", f"{reply.error:02X}")
        return reply


class AcsChipConnection:
    """One powered chip, until it is closed or another one is connected."""

    def __init__(self, reader: AcsChipReader, uid: bytes, atr: bytes) -> None:
        self._reader = reader
        self._open = True
        self.uid = uid
        self.atr = atr

    def transmit(self, command: bytes) -> bytes:
        """Send one command APDU, return the response APDU with its two status bytes."""
        if not self._open:
            raise TransportClosed("this chip was powered off")
        return self._reader.transfer(command)

    def close(self) -> None:
        """Power the chip off; closing twice is fine, and so is a reader that is gone."""
        if self._open:
            self._open = False
            try:
                self._reader.power_off()
            except DeviceError:
                # Without a reader or a chip there is no power left to switch off.
                return
