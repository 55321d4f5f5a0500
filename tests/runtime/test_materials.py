"""Whose portraits are kept: a resident who has left leaves none, however late an answer comes."""

from collections.abc import Callable
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest

from backend_client.contract import Message, RecordPortraitAnswer, Refusal, picture
from kiosk.runtime.handlers.chip import ChipHandlers
from kiosk.runtime.handlers.portrait import PortraitHandlers
from kiosk.runtime.line import Answered, Lost, insist
from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.protocols import CaptureEnd, References
from kiosk.runtime.reply import Reply
from kiosk.session.effects import ForgetPerson, PrepareReferences, StartCapture
from kiosk.session.events import Event, ReferencesReady
from kiosk.session.visit import Ref
from tests.runtime.machine_room import Satisfied
from tests.runtime.samples import NUMBER

SOON_S = 30.0  # for a stuck test on a busy machine, not a measurement
Holding = tuple[bytes | None, bytes | None]


class Keeping(Satisfied):
    """A matcher that shows whose portraits it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.holds: Holding = (None, None)
        self.captures = 0
        self.given = Flag()
        self.goes_on = Flag()
        self.goes_on.set()

    def set_references(
        self,
        chip: bytes | None,
        record: bytes | None,
        *,
        case: bytes | None = None,
        chip_authenticated: bool,
    ) -> References:
        self.given.set()
        assert self.goes_on.wait(SOON_S)
        self.holds = (chip, record)
        return super().set_references(
            chip, record, case=case, chip_authenticated=chip_authenticated
        )

    def capture(self, attempt: int, cancel: Flag) -> CaptureEnd:
        self.captures += 1
        return super().capture(attempt, cancel)

    def forget(self) -> None:
        self.holds = (None, None)


class SlowHall:
    """A hall's server that answers with a record portrait when it is let."""

    def __init__(self) -> None:
        self.asked, self.answers = Flag(), Flag()

    def post(
        self, path: str, body: Message | None, answer: type[Answered], *, key: str, within_s: float
    ) -> Answered | Refusal | Lost:
        self.asked.set()
        assert self.answers.wait(SOON_S)
        return answer.model_validate({"portrait": picture(b"\xff\xd8record of " + key.encode())})

    def get(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("nothing is followed here")


class Room:
    """Two residents, one after the other, at one kiosk."""

    def __init__(self) -> None:
        self.hall, self.matcher, self.materials = SlowHall(), Keeping(), MaterialsByVisit()
        reader: Any = None  # each chip has been read before the server is asked
        self.chip = ChipHandlers(reader, self.hall, self.matcher, self.materials)
        self.portrait = PortraitHandlers(self.matcher, self.materials)
        self.told: list[Event] = []

    def prepares(self, visit: str) -> Callable[[], None]:
        """Begin to prepare the references of a visit; return what waits for the end."""
        known = self.materials.of(visit)
        known.dg1, known.chip_portrait = b"dg1", f"chip of {visit}".encode()
        self.reply = Reply(Ref(visit, 1), self.told.append)
        effect = PrepareReferences(self.reply.ref, NUMBER)
        ask = Thread(target=self.chip.prepare, args=(effect, self.reply))
        ask.start()

        def ended() -> None:
            ask.join(SOON_S)
            assert not ask.is_alive()

        return ended

    def forgets(self, visit: str) -> None:
        self.portrait.forget(ForgetPerson(Ref(visit, 9)), Reply(Ref(visit, 9), self.told.append))


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.mark.parametrize("cancelled", [True, False])
def test_who_leaves_while_the_server_is_slow_leaves_no_portrait(
    room: Room, *, cancelled: bool
) -> None:
    ended = room.prepares("A")
    assert room.hall.asked.wait(SOON_S)
    if cancelled:
        room.reply.cancelled.set()
    room.forgets("A")
    room.hall.answers.set()
    ended()
    assert room.matcher.holds == (None, None)
    assert room.materials.of("A").record_portrait is None
    assert not any(isinstance(event, ReferencesReady) for event in room.told)


def test_who_leaves_while_the_portraits_are_looked_at_leaves_none(room: Room) -> None:
    room.hall.answers.set()
    room.matcher.goes_on.clear()
    ended = room.prepares("A")
    assert room.matcher.given.wait(SOON_S)
    leaving = Thread(target=room.forgets, args=("A",))
    leaving.start()
    room.matcher.goes_on.set()
    leaving.join(SOON_S)
    ended()
    assert room.matcher.holds == (None, None)


def test_a_late_forgetting_takes_nothing_of_the_next_resident(room: Room) -> None:
    room.hall.answers.set()
    room.prepares("A")()
    room.prepares("B")()
    mine = room.matcher.holds
    assert mine[0] == b"chip of B"
    room.forgets("A")
    assert room.matcher.holds == mine
    room.forgets("B")
    assert room.matcher.holds == (None, None)


def test_a_visit_without_portraits_clears_what_one_before_has_left(room: Room) -> None:
    room.hall.answers.set()
    room.prepares("A")()
    room.materials.forget("A", lambda: None)  # as if the matcher had not been told
    room.matcher.holds = (b"chip of A", None)
    room.forgets("B")
    assert room.matcher.holds == (None, None)


def test_a_late_ask_of_who_has_left_keeps_nothing_and_opens_no_camera(room: Room) -> None:
    room.forgets("A")
    room.materials.of("A").record_portrait = b"late"
    assert room.materials.of("A").record_portrait is None
    ref = Ref("A", 2)
    room.portrait.capture(StartCapture(ref, 1), Reply(ref, room.told.append))
    assert room.matcher.captures == 0


def test_an_answer_that_comes_after_it_was_withdrawn_is_dropped() -> None:
    cancel = Flag()

    def ask(_: float) -> RecordPortraitAnswer:
        cancel.set()
        return RecordPortraitAnswer(portrait=None)

    assert isinstance(insist(ask, cancel), Lost)
