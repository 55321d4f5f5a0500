"""Driver of the CRP-1231: CardSlot and EndorsementPrinter over one serial line."""

import time
from collections.abc import Sequence
from threading import Event, RLock

from devices.errors import (
    CommandFailed,
    DeviceError,
    DeviceTimeout,
    ProtocolError,
    TransportClosed,
)
from devices.interfaces import BackLine, CardPosition, PrintOutcome, PrintResult, Transport
from devices.sanwa_crp1231.dialogue import Dialogue, NotAccepted, Timing
from devices.sanwa_crp1231.frames import Code, Frame
from devices.sanwa_crp1231.layout import DoesNotFit, PrintLayout, PrintPlan, plan_print
from devices.sanwa_crp1231.states import S_RUNNING, S_WAITING_FOR_CARD, Answer, judge
from devices.status import DeviceStatus, Disconnected

_TAKE_IN_ONLY = b"200"  # mode 32: no track is read; 8-bit; track 1
_KEEP_CARD = b"0"


class _NotErased(DeviceError):
    """The erase provably never began."""


class SanwaPrinter:
    """One CRP-1231. Each exchange is whole: other threads' calls wait for their turn."""

    has_bin = False

    def __init__(
        self,
        transport: Transport,
        *,
        timing: Timing | None = None,
        layout: PrintLayout | None = None,
    ) -> None:
        self._timing = timing or Timing()
        self._layout = layout or PrintLayout()
        self.max_lines = self._layout.max_lines
        self.max_columns = self._layout.max_columns
        self._transport = transport
        self._dialogue = Dialogue(transport, self._timing)
        self._turn = RLock()
        self._waiting = False

    def initialise(self) -> None:
        """Reset the device without moving the card; the first thing after every (re)connect.

        A jam or a pulled card is no reason to give the line up: ``status`` tells of it.
        """
        self._run(Code.INITIALISE, self._timing.move_s, data=_KEEP_CARD)

    def status(self) -> DeviceStatus:
        """Ask the device how it is; Disconnected when it does not answer."""
        try:
            return judge(self._ask())
        except (TransportClosed, DeviceTimeout, ProtocolError, NotAccepted) as error:
            return Disconnected(str(error))

    def position(self) -> CardPosition:
        """Read the sensors."""
        return self._ask().position

    def take_in(self, cancel: Event) -> bool:
        """Wait for a card and take it in; False when ``cancel`` was set and no card came."""
        code = Code.READ_OR_TAKE_IN
        with self._turn:
            deadline = time.monotonic() + self._timing.move_s
            self._dialogue.send(Frame(code, data=_TAKE_IN_ONLY), deadline, repeatable=True)
            self._waiting = True
        try:
            answer = self._wait_for_card(code, cancel)
        finally:
            self._waiting = False
        if answer is None:
            return self._cancel_take_in()
        _require_ok(answer, "take in")
        return answer.position is CardPosition.INSIDE

    def _wait_for_card(self, code: Code, cancel: Event) -> Answer | None:
        """Poll until a card has come in; None when cancelled first.

        No deadline while no card is there: people take their time. Once the motor runs, the
        motion's own deadline holds.
        """
        moving_until: float | None = None
        while True:
            with self._turn:
                answer = self._dialogue.enquire(code, time.monotonic() + self._timing.status_s)
            if answer.s == S_WAITING_FOR_CARD:
                moving_until = None
                if cancel.wait(self._timing.poll_s):
                    return None
                continue
            if answer.s != S_RUNNING:
                return answer
            moving_until = moving_until or time.monotonic() + self._timing.move_s
            if time.monotonic() > moving_until:
                raise DeviceTimeout(f"card was not drawn in within {self._timing.move_s:g} s")
            time.sleep(self._timing.poll_s)

    def _cancel_take_in(self) -> bool:
        """Stop waiting. The card may have come at that very moment: then it was taken in."""
        _require_ok(self._run(Code.CANCEL, self._timing.move_s), "cancel")
        return self.position() is CardPosition.INSIDE

    def eject(self) -> CardPosition:
        """Move the card to the gate; return where it is then (NONE when already taken)."""
        answer = self._run(Code.EJECT, self._timing.move_s)
        _require_ok(answer, "eject")
        return answer.position

    def capture(self) -> CardPosition:
        """Refuse: this slot has no bin."""
        raise CommandFailed("this card slot has no bin", "none")

    def rewrite(self, lines: Sequence[BackLine]) -> PrintResult:
        """Erase the back and print the whole of it anew. Never repeats a print by itself.

        UNKNOWN when the line was lost after the print command went out. ``erased`` is True from
        the moment the erase may have begun: what was on the card is then to be thought gone.
        """
        plan = plan_print(lines, self._layout)
        if isinstance(plan, DoesNotFit):
            return PrintResult(PrintOutcome.FAILED, plan.reason)
        with self._turn:
            return self._rewrite(plan)

    def _rewrite(self, plan: PrintPlan) -> PrintResult:
        erased = False
        try:
            self._register(plan)
            erased = True
            self._erase()
            self._compose(plan)
        except _NotErased as error:
            return PrintResult(PrintOutcome.FAILED, str(error))
        except DeviceError as error:
            return PrintResult(PrintOutcome.FAILED, str(error), erased)
        return self._print(plan.final)

    def _erase(self) -> None:
        try:
            answer = self._run(Code.ERASE, self._timing.erase_s)
        except NotAccepted as error:
            raise _NotErased(str(error)) from error
        _require_ok(answer, "erase")

    def _register(self, plan: PrintPlan) -> None:
        # Every time anew: the device forgets its glyphs when it loses power, and does not say so.
        for frame in plan.glyphs:
            answer = self._dialogue.command(frame, self._timing.status_s, repeatable=True)
            _require_ok(answer, "register a glyph")

    def _compose(self, plan: PrintPlan) -> None:
        for frame in plan.composing:
            answer = self._dialogue.command(frame, self._timing.status_s, repeatable=False)
            _require_ok(answer, "compose")
        # Another command in between: afterwards an answer tells whether the print was taken.
        _require_ok(self._ask(), "status")

    def _print(self, final: Frame) -> PrintResult:
        try:
            answer = self._dialogue.command(final, self._timing.print_s, repeatable=False)
        except NotAccepted as error:
            return PrintResult(PrintOutcome.FAILED, str(error), erased=True)
        except DeviceError as error:
            return PrintResult(PrintOutcome.UNKNOWN, str(error), erased=True)
        if answer.ok:
            return PrintResult(PrintOutcome.PRINTED, erased=True)
        detail = f"{answer.problem} ({answer.device_code})"
        return PrintResult(PrintOutcome.FAILED, detail, erased=True)

    def close(self) -> None:
        """Close the line."""
        self._transport.close()

    def _ask(self) -> Answer:
        with self._turn:
            if self._waiting:
                # A status command would end the wait for a card; the enquiry says as much.
                deadline = time.monotonic() + self._timing.status_s
                return self._dialogue.enquire(Code.READ_OR_TAKE_IN, deadline)
            return self._run(Code.STATUS, self._timing.status_s)

    def _run(self, code: Code, within_s: float, data: bytes = b"") -> Answer:
        with self._turn:
            return self._dialogue.command(Frame(code, data=data), within_s, repeatable=True)


def _require_ok(answer: Answer, doing: str) -> None:
    if not answer.ok:
        raise CommandFailed(f"{doing}: {answer.problem}", answer.device_code)
