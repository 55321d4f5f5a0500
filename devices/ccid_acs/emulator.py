"""The chip reader emulated on a pty: real bytes, a field that holds chips, settable faults."""

from dataclasses import dataclass

from devices.ccid_acs import polling
from devices.ccid_acs.antenna import AntennaField, Chip, ChipSilent
from devices.ccid_acs.ccid import (
    ANSWER_TO,
    Answer,
    ChipState,
    Command,
    Progress,
    Reply,
    Request,
    SlotError,
)
from devices.ccid_acs.frames import (
    HEADER_BYTES,
    NAK,
    Damage,
    Frame,
    FrameParser,
    Link,
    MessageFrame,
    format_message,
    format_status,
)
from devices.errors import ProtocolError
from devices.interfaces import Transport
from devices.transport import LineEmulator

_READ_SIZE = 512
_IDLE_S = 0.2
_SETTLE_S = 0.02  # noise may be followed by a sound frame; only silence makes it a bad one
_INCOMPLETE_S = 0.5  # a frame that stops half-way is answered with status FC
_NAK_TYPE = NAK[1]
_TYPES = frozenset(Request) | {_NAK_TYPE}
_GET_UID = bytes.fromhex("FFCA000000")
_OK = b"\x90\x00"


@dataclass
class ReaderFaults:
    """What goes wrong; counters run down to zero by themselves."""

    silent: bool = False
    spoil_answers: int = 0
    lose_answers: int = 0
    refuse_frames: int = 0
    extensions: int = 0
    delay_s: float = 0.0
    remove_before_answer: bool = False


class AcsReaderEmulator(LineEmulator):
    """The reader, and the antenna field that chips are held into."""

    def __init__(self, *, baud: int | None = None, line: Transport | None = None) -> None:
        super().__init__("chip reader", baud=baud, line=line)
        self.field = AntennaField()
        self.faults = ReaderFaults()
        self.power_ons = 0
        self._parser = FrameParser(_TYPES, statuses=False)
        self._powered: Chip | None = None
        self._last_answer = b""
        self._damage: Link | None = None

    def _wait_s(self) -> float:
        if self._damage is not None:
            return _SETTLE_S
        return _INCOMPLETE_S if self._parser.pending else _IDLE_S

    def _heard(self, data: bytes) -> None:
        if not data:
            if self._damage is not None or self._parser.pending:
                self._parser.reset()
                self._send(format_status(self._damage or Link.TIMEOUT))
                self._damage = None
            return
        for frame in self._parser.feed(data):
            self._on_frame(frame)

    def _on_frame(self, frame: Frame) -> None:
        if self.faults.refuse_frames and isinstance(frame, MessageFrame):
            self.faults.refuse_frames -= 1
            frame = Damage(Link.CHECKSUM)
        if isinstance(frame, Damage):
            self._damage = frame.link
        elif isinstance(frame, MessageFrame):
            self._damage = None
            self._on_message(frame.message)

    def _on_message(self, message: bytes) -> None:
        if message[0] == _NAK_TYPE:
            if message == bytes(HEADER_BYTES):
                self._send_answer(self._last_answer)
            return
        self._send(format_status(Link.RECEIVED))
        try:
            command = Command.from_bytes(message)
        except ProtocolError:
            return
        while self.faults.extensions > 0:
            self.faults.extensions -= 1
            answer = Reply(
                ANSWER_TO[command.request],
                command.sequence,
                progress=Progress.TIME_EXTENSION,
                error=1,
            )
            self._send(format_message(answer.to_bytes()))
        if self.faults.delay_s:
            self._stopping.wait(self.faults.delay_s)
            self._line.drain()  # a busy reader accepts nothing
        self._last_answer = format_message(self._carry_out(command).to_bytes())
        self._send_answer(self._last_answer)

    def _send_answer(self, frame: bytes) -> None:
        if not frame:
            return
        if self.faults.lose_answers > 0:
            self.faults.lose_answers -= 1
            return
        if self.faults.spoil_answers > 0:
            self.faults.spoil_answers -= 1
            frame = frame[:-2] + bytes([frame[-2] ^ 0x5A]) + frame[-1:]
        self._send(frame)

    def _send(self, data: bytes) -> None:
        if not self.faults.silent:
            super()._send(data)

    def _carry_out(self, command: Command) -> Reply:
        if self.faults.remove_before_answer:
            self.faults.remove_before_answer = False
            self.field.clear()
        if self._powered is not None and self._powered not in self.field.chips:
            self._powered = None
            if command.request is Request.TRANSFER:
                return self._refuse(command, SlotError.MUTE)
        match command.request:
            case Request.POWER_ON:
                return self._power_on(command)
            case Request.POWER_OFF:
                self._power_off()
                return self._accept(command)
            case Request.SLOT_STATUS:
                return self._accept(command)
            case Request.ESCAPE:
                return self._escape(command)
            case Request.TRANSFER:
                return self._transfer(command)

    def _accept(self, command: Command, data: bytes = b"") -> Reply:
        return Reply(
            ANSWER_TO[command.request], command.sequence, chip=self._chip_state(), data=data
        )

    def _refuse(self, command: Command, error: SlotError) -> Reply:
        return Reply(
            ANSWER_TO.get(command.request, Answer.SLOT_STATUS),
            command.sequence,
            chip=self._chip_state(),
            progress=Progress.FAILED,
            error=error,
        )

    def _chip_state(self) -> ChipState:
        if self._powered is not None:
            return ChipState.ACTIVE
        return ChipState.PRESENT if self.field.chips else ChipState.ABSENT

    def _power_on(self, command: Command) -> Reply:
        chips = self.field.chips
        # Several chips answer at once and none is understood: the slot stays mute.
        if len(chips) != 1:
            return self._refuse(command, SlotError.MUTE)
        self.power_ons += 1
        self._powered = chips[0]
        self._powered.reset()
        return self._accept(command, self._powered.atr)

    def _power_off(self) -> None:
        if self._powered is not None:
            self._powered.reset()
            self._powered = None

    def _escape(self, command: Command) -> Reply:
        if command.data == polling.LIST_TWO_TARGETS:
            # Listing targets starts a new anticollision, which ends what was powered.
            self._power_off()
            uids = [chip.uid for chip in self.field.chips]
            return self._accept(command, polling.format_targets(uids))
        if command.data == polling.RELEASE_ALL:
            return self._accept(command, polling.format_released())
        return self._refuse(command, SlotError.NOT_SUPPORTED)

    def _transfer(self, command: Command) -> Reply:
        if self._powered is None:
            return self._refuse(command, SlotError.MUTE)
        if command.data == _GET_UID:
            return self._accept(command, self._powered.uid + _OK)
        try:
            return self._accept(command, self._powered.transmit(command.data))
        except ChipSilent:
            self._powered = None
            return self._refuse(command, SlotError.MUTE)
