"""Plays, in the real app, residents who left another kiosk of the hall with a ticket.

Run as a process of its own, since Kivy's window exists once in a process:
``python -m tests.visits.play_come_back OUT``. Writes OUT/told.json: what each story showed.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag

from demo.people import Person
from demo.script import Desk, Player, agree, pay_and_take
from demo.stage import Stage
from kiosk.session.events import Button, Touched
from kiosk.session.facts import CaseStage
from tests.runtime.machine_room import (
    Emulators,
    Resident,
    Running,
    running,
    take_card_when_out,
    wait_for,
    write_config,
)

WITHIN_S = 60.0


class ComeBack:
    """The stories; each begins at the other kiosk and ends at this one's attract screen."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.player, self.desk = Player(stage), Desk(stage)
        self.told: dict[str, object] = {}

    def play(self) -> None:
        """Play them and write what they showed."""
        for story in (self.accepted_meanwhile, self.another_person_with_the_card):
            story()
        self.desk.close()
        self.player.close()
        for record in self.player.records:
            self.told[record.name] = {"phases": record.phases, "outcome": record.outcome}
        (self.stage.out / "told.json").write_text(json.dumps(self.told, indent=1), "utf-8")

    def accepted_meanwhile(self) -> None:
        """Staff have accepted when the card comes to this kiosk: the same face pays and prints."""
        person = self.stage.people["other_portrait"]
        case = self._leaves_elsewhere(person)
        self.desk.clerk.claim(case)
        self.desk.clerk.look(case)
        self.desk.clerk.decide(case, "identity_accepted")
        self.desk.approver.wait_for_request(case, WITHIN_S)
        self.desk.approver.approve(case)
        self.player.begin("accepted_meanwhile")
        self._goes_on(person, person.face)
        pay_and_take(self.stage, self.player, person)

    def another_person_with_the_card(self) -> None:
        """Somebody else puts the card in: to a person, in no other words than anybody reads."""
        person, other = self.stage.people["faded"], self.stage.people["other_portrait"]
        self._leaves_elsewhere(person)
        self.player.begin("another_person_with_the_card")
        self._goes_on(person, other.face)
        self.player.see("escalated")
        self.player.skip_travel()
        self.player.wait(lambda visit: bool(visit.case and visit.case.version), "staff to know")
        shown = self.player.wait(lambda visit: visit.case is not None, "a case").case
        assert shown is not None, "it was waited for"
        self.player.shoot("escalated-waiting")
        self.desk.clerk.claim(shown.id)
        self.told["sentence"] = self.desk.clerk.look(shown.id).sentence
        self.player.touch("leave_with_ticket")
        self.player.see("leaving", "take_card")
        self.player.take_card(person)
        self.player.end()

    def _goes_on(self, person: Person, face: Path) -> None:
        self.player.insert(person)
        self.player.see("welcome_back")
        self.player.touch("next")
        self.stage.camera.show(face)
        agree(self.player)

    def _leaves_elsewhere(self, person: Person) -> str:
        """Be put before staff at another kiosk and leave it with card and ticket."""
        with other_kiosk(self.stage, person) as (room, emulators):
            runtime = room.kiosk.runtime
            wait_for("attract", lambda: runtime.visit.phase.name == "attract")
            assert emulators.bay.insert(person.card), "nothing is at the gate"
            wait_for("a case", lambda: _stage(room) is CaseStage.WAITING, WITHIN_S)
            case = runtime.visit.case
            assert case is not None, "it was waited for"
            runtime.post(Touched(Button.LEAVE_WITH_TICKET))
            wait_for("the end", lambda: runtime.visit.phase.name == "attract", WITHIN_S)
            wait_for("all told", lambda: room.outbox.pending() == 0, WITHIN_S)
        return case.id


def _stage(room: Running) -> CaseStage | None:
    case = room.kiosk.runtime.visit.case
    return None if case is None else case.stage


@contextlib.contextmanager
def other_kiosk(stage: Stage, person: Person) -> Iterator[tuple[Running, Emulators]]:
    """Run the hall's kiosk 5, without a screen; its camera takes the person's photograph."""
    folder = stage.scratch / f"kiosk-{person.key}"
    folder.mkdir()
    emulators, gone = Emulators(), Flag()
    stage.hall.enrol("5", folder / "kiosk" / "credential")
    config = write_config(folder, emulators, stage.hall.url)
    text = config.read_text("utf-8")
    config.write_text(text.replace('number = "1"', 'number = "5"'), "utf-8")
    try:
        with running(config) as room:
            room.matcher.matched, room.matcher.face = False, person.face.read_bytes()
            room.kiosk.runtime.observe(Resident(room.kiosk.runtime.post))
            take_card_when_out(emulators.bay, gone)
            yield room, emulators
    finally:
        gone.set()
        emulators.stop()


def main() -> int:
    """Play all and return an exit code."""
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    stage = Stage(out, size=(1080, 1920), scale=0.5)
    try:
        stage.run(lambda: ComeBack(stage).play())
    finally:
        stage.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
