"""One command and its own answer, whatever the line does in between."""

import time
from dataclasses import dataclass
from threading import Event

from devices.ccid_acs.ccid import ANSWER_TO, Answer, Command, Progress, Reply, Request
from devices.ccid_acs.frames import (
    NAK,
    Damage,
    Frame,
    FrameParser,
    Link,
    MessageFrame,
    StatusFrame,
    format_message,
)
from devices.errors import DeviceTimeout, ProtocolError
from devices.interfaces import Transport

MAX_REPEATS = 20  # on a line worse than this, nobody should trust what does come through
_READ_SIZE = 512


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the reader may take; silence only decides when to ask again."""

    silence_s: float = 0.6  # longer than the longest frame takes at 9600 baud (0.29 s)
    settle_s: float = 0.05  # after spoilt bytes: a sound frame may be right behind them
    command_s: float = 5.0  # whole command, repeats and time extensions included
    status_s: float = 1.5


def answer_parser() -> FrameParser:
    """Make a parser for what a reader sends."""
    return FrameParser(frozenset(Answer), statuses=True)


class Exchange:
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
        self._naked = False  # the last thing sent was a NAK
        self._repeats = 0
        self._patience_s = timing.silence_s

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
        self._patience_s = self._timing.silence_s
        self._line.write(format_message(self._command.to_bytes()), deadline)

    def _ask_again(self, deadline: float) -> None:
        self._naked = True
        self._patience_s = self._timing.silence_s
        self._line.write(NAK, deadline)

    def _count_repeat(self) -> None:
        self._repeats += 1
        if self._repeats > MAX_REPEATS:
            raise ProtocolError(f"no sound answer to {self._command.request.name}")

    def _receive(self, deadline: float) -> list[Frame] | None:
        """Return frames, [] when bytes came but no frame is whole, None on silence."""
        until = min(deadline, time.monotonic() + self._patience_s)
        data = self._line.read(_READ_SIZE, until, self._cancel)
        return self._parser.feed(data) if data else None

    def _on_silence(self, deadline: float) -> None:
        spoilt = self._patience_s < self._timing.silence_s
        self._parser.reset()
        if spoilt:
            self._count_repeat()
            self._ask_again(deadline)
            return
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
            case StatusFrame() if not self._naked:
                self._count_repeat()
                self._send(deadline)
                return None
            case Damage():
                self._patience_s = self._timing.settle_s
                return None
            case StatusFrame():
                # A refused NAK says nothing of the command: it may well have been done.
                self._count_repeat()
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
                self._count_repeat()
                self._send(deadline)
            return None
        if reply.progress is Progress.TIME_EXTENSION:
            return None
        return reply
