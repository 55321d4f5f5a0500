"""The CRP-1231's link: command, ACK, then ENQ until the command has ended.

Three waits are kept apart, because they mean different things to the person who repairs it:
no ACK (the device did not hear), no answer to ENQ (the line is gone), still running at the
deadline (the mechanics are stuck).
"""

import time
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

from devices.errors import DeviceError, DeviceTimeout, ProtocolError
from devices.interfaces import Transport
from devices.sanwa_crp1231.frames import Control, Damaged, Frame, FrameParser, Token
from devices.sanwa_crp1231.states import S_RUNNING, S_WAITING_FOR_CARD, Answer, parse_answer

_READ_SIZE = 256
_ENQ = bytes((Control.ENQ,))


@dataclass(frozen=True, slots=True)
class Timing:
    """Waits of the link and of the mechanics, in seconds.

    ``ack_s`` and ``answer_s`` are the link's, at 9600 baud; the rest are deadlines for whole
    commands. None of them is in a public manual: they are settings.
    """

    ack_s: float = 0.3
    answer_s: float = 0.6
    poll_s: float = 0.05
    status_s: float = 2.0
    move_s: float = 10.0
    erase_s: float = 20.0
    print_s: float = 30.0
    attempts: int = 3


class AckTimeout(DeviceTimeout):
    """The device did not acknowledge a command, and whether it took it is not known."""


class AnswerTimeout(DeviceTimeout):
    """The device does not answer enquiries any more."""


class MotionTimeout(DeviceTimeout):
    """The device answers, but the command did not end before its deadline."""


class NotAccepted(DeviceError):
    """The device provably did not take the command: nothing was carried out."""


class _Taken(Enum):
    YES = auto()
    NO = auto()
    UNCLEAR = auto()


class Dialogue:
    """Carries commands over one line. One thread at a time."""

    def __init__(self, transport: Transport, timing: Timing) -> None:
        self._transport = transport
        self._timing = timing
        self._parser = FrameParser()
        self._tokens: deque[Token] = deque()
        self._last_code: int | None = None

    def command(self, frame: Frame, within_s: float, *, repeatable: bool) -> Answer:
        """Send a command and wait until it has ended; raises one of this module's errors.

        ``repeatable`` says that carrying it out twice does no harm. Any other command is sent
        again only when the device provably did not take it.
        """
        deadline = time.monotonic() + within_s
        self.send(frame, deadline, repeatable=repeatable)
        while True:
            answer = self.enquire(frame.code, deadline)
            if answer.s not in (S_RUNNING, S_WAITING_FOR_CARD):
                return answer
            # Room for one more answer: a deadline that cuts an answer short would look like a
            # dead line.
            if time.monotonic() + self._timing.poll_s + self._timing.answer_s > deadline:
                raise MotionTimeout(f"command {frame.code:02X} still runs after {within_s:g} s")
            time.sleep(self._timing.poll_s)

    def send(self, frame: Frame, deadline: float, *, repeatable: bool) -> None:
        """Send a command until it is acknowledged."""
        taken = _Taken.NO
        for _ in range(self._timing.attempts):
            self._write(frame.to_bytes(), deadline)
            signal = self._wait_ack(deadline)
            if signal is Control.ACK:
                self._last_code = frame.code
                return
            taken = _Taken.NO if signal is Control.NAK else self._ask_whether_taken(frame.code)
            if taken is _Taken.YES:
                self._last_code = frame.code
                return
            if taken is _Taken.UNCLEAR and not repeatable:
                break
        if taken is _Taken.NO:
            raise NotAccepted(f"command {frame.code:02X} was refused or never arrived")
        raise AckTimeout(f"no ACK to command {frame.code:02X} within {self._timing.ack_s:g} s")

    def enquire(self, code: int, deadline: float) -> Answer:
        """Ask with ENQ how the running command is; raises AnswerTimeout or ProtocolError."""
        damage = ""
        for _ in range(self._timing.attempts):
            token = self._enquire_once(deadline)
            if isinstance(token, Frame):
                answer = parse_answer(token)
                if answer.code != code:
                    raise ProtocolError(
                        f"answer to command {answer.code:02X} instead of {code:02X}: "
                        "the device was restarted or lost the command"
                    )
                return answer
            damage = token.reason if isinstance(token, Damaged) else damage
        if damage:
            raise ProtocolError(f"answer to command {code:02X} is damaged: {damage}")
        raise AnswerTimeout(f"no answer to ENQ after command {code:02X}")

    def _enquire_once(self, deadline: float) -> Frame | Damaged | None:
        self._write(_ENQ, deadline)
        until = min(deadline, time.monotonic() + self._timing.answer_s)
        damage: Damaged | None = None
        while (token := self._next_token(until)) is not None:
            if isinstance(token, Frame):
                return token
            # A damaged start may be noise before the good frame: keep reading for it.
            damage = token if isinstance(token, Damaged) else damage
        return damage

    def _ask_whether_taken(self, code: int) -> _Taken:
        """Find out, after silence, whether the command or only its ACK was lost."""
        until = time.monotonic() + self._timing.answer_s
        token = self._enquire_once(until)
        if not isinstance(token, Frame) or self._last_code in (None, code):
            return _Taken.UNCLEAR
        return _Taken.YES if token.code == code else _Taken.NO

    def _wait_ack(self, deadline: float) -> Control | None:
        until = min(deadline, time.monotonic() + self._timing.ack_s)
        while (token := self._next_token(until)) is not None:
            if token is Control.ACK or token is Control.NAK:
                return token
        swallowed = self._parser.give_up()
        return Control.ACK if Control.ACK in swallowed else None

    def _write(self, data: bytes, deadline: float) -> None:
        self._transport.drain()
        self._parser.reset()
        self._tokens.clear()
        self._transport.write(data, deadline)

    def _next_token(self, until: float) -> Token | None:
        while not self._tokens:
            data = self._transport.read(_READ_SIZE, until)
            if not data:
                return None
            self._tokens.extend(self._parser.feed(data))
        return self._tokens.popleft()
