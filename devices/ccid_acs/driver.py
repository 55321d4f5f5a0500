"""Drives the chip reader: powers the one chip in the field and carries APDUs to it.

Blocking and without threads; whoever owns the port calls it from one thread.
"""

import time
from dataclasses import dataclass
from itertools import count
from threading import Event

from devices.ccid_acs import polling
from devices.ccid_acs.ccid import ANSWER_TO, Answer, ChipState, Command, Progress, Reply, Request
from devices.ccid_acs.frames import (
    MAX_DATA,
    NAK,
    Damage,
    Frame,
    FrameParser,
    Link,
    MessageFrame,
    StatusFrame,
    format_message,
)
from devices.errors import (
    CommandFailed,
    DeviceError,
    DeviceTimeout,
    ProtocolError,
    TransportClosed,
)
from devices.interfaces import FieldPresence, Transport
from devices.status import DeviceStatus, Disconnected, Faulted, Ready, Trouble

_READ_SIZE = 512
_GET_UID = bytes.fromhex("FFCA000000")
_OK = b"\x90\x00"
_ANSWERS = frozenset(Answer)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the reader may take; the first two only decide when to ask again."""

    silence_s: float = 0.6  # longer than the longest frame takes at 9600 baud (0.29 s)
    command_s: float = 5.0  # whole command, repeats and time extensions included
    status_s: float = 1.5


class AcsChipReader:
    """A ``ChipReader`` on a serial line."""

    def __init__(
        self,
        line: Transport,
        *,
        timing: Timing | None = None,
        cancel: Event | None = None,
    ) -> None:
        self._line = line
        self._timing = timing or Timing()
        self._cancel = cancel
        self._parser = FrameParser(_ANSWERS, statuses=True)
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
        answer = self._command(Request.ESCAPE, polling.LIST_TWO_TARGETS).data
        targets = polling.parse_target_count(answer)
        if targets:
            self._command(Request.ESCAPE, polling.RELEASE_ALL)
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
        reply = _Exchange(self._line, self._parser, command, self._timing, self._cancel).run(
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


class _Exchange:
    """One command until its own answer, whatever the line does in between.

    The reader keeps its last answer. When something is missing, the host asks for it again
    (NAK) and the sequence number tells whether the command was carried out: only a command
    that was certainly not received is sent a second time, because repeating an APDU inside
    secure messaging would end the channel.
    """

    def __init__(
        self,
        line: Transport,
        parser: FrameParser,
        command: Command,
        timing: Timing,
        cancel: Event | None,
    ) -> None:
        self._line = line
        self._parser = parser
        self._command = command
        self._timing = timing
        self._cancel = cancel
        self._naked = False  # a NAK is out and nothing came back yet

    def run(self, deadline: float) -> Reply:
        """Send, and wait for the answer with this command's sequence number."""
        self._line.drain()
        self._parser.reset()
        self._send(deadline)
        while time.monotonic() < deadline:
            frames = self._receive(deadline)
            if frames is None:
                self._on_silence(deadline)
                continue
            for frame in frames:
                reply = self._on_frame(frame, deadline)
                if reply is not None:
                    return reply
        raise DeviceTimeout(f"no answer to {self._command.request.name}")

    def _send(self, deadline: float) -> None:
        self._naked = False
        self._line.write(format_message(self._command.to_bytes()), deadline)

    def _ask_again(self, deadline: float) -> None:
        self._naked = True
        self._line.write(NAK, deadline)

    def _receive(self, deadline: float) -> list[Frame] | None:
        """Return frames, [] when bytes came but no frame is whole, None on silence."""
        until = min(deadline, time.monotonic() + self._timing.silence_s)
        data = self._line.read(_READ_SIZE, until, self._cancel)
        return self._parser.feed(data) if data else None

    def _on_silence(self, deadline: float) -> None:
        self._parser.reset()
        # A reader that has just been switched on has no last answer to repeat. Then only
        # what can be done twice without harm is sent again.
        if self._naked and self._command.request is not Request.TRANSFER:
            self._send(deadline)
        else:
            self._ask_again(deadline)

    def _on_frame(self, frame: Frame, deadline: float) -> Reply | None:
        match frame:
            case StatusFrame(link=Link.RECEIVED):
                return None
            case StatusFrame():
                self._send(deadline)
                return None
            case Damage():
                self._ask_again(deadline)
                return None
            case MessageFrame(message=message):
                return self._on_message(Reply.from_bytes(message), deadline)

    def _on_message(self, reply: Reply, deadline: float) -> Reply | None:
        ours = (
            reply.sequence == self._command.sequence
            and reply.answer is ANSWER_TO[self._command.request]
        )
        if not ours:
            if self._naked:  # the last answer is an older one: our command never arrived
                self._send(deadline)
            return None
        if reply.progress is Progress.TIME_EXTENSION:
            return None
        return reply
