"""Plays, in the real app, what goes wrong with cards, devices and server: one story each.

Run as a process of its own, since Kivy's window exists once in a process:
``python -m tests.visits.play_trouble OUT``. Writes OUT/stories.json: name -> phases seen.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from demo.people import Person
from demo.script import Desk, Player, agree, choose
from demo.stage import Stage
from devices.rig.card import Card, CardFront
from devices.rig.other_chip import foreign_card
from devices.rig.world import Bay, Place
from kiosk.session.facts import CardProblem
from kiosk.session.phases import BadCard

TIMERS = """
[visit.timers]
take_card = 4.0
bad_card = 20.0
"""


class Troubles:
    """The stories, by method name; each begins and ends at the attract screen."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.player = Player(stage)
        self.desk = Desk(stage)

    def play_all(self) -> None:
        """Play every story and write which phases each showed."""
        stories: list[Callable[[], None]] = [
            self.upside_down,
            self.foreign_card,
            self.blank_plastic,
            self.two_chips,
            self.expired_permit,
            self.no_record_then_linked,
            self.ineligible_and_disputed,
            self.person_asked_without_a_card,
            self.face_check_declined,
            self.camera_unplugged,
            self.receipt_printer_silent,
            self.card_not_taken,
            self.server_lost_and_back,
        ]
        for story in stories:
            self.player.begin(story.__name__)
            story()
            self.player.end()
        self.player.close()
        told = {record.name: record.phases for record in self.player.records}
        (self.stage.out / "stories.json").write_text(json.dumps(told, indent=1), "utf-8")

    def upside_down(self) -> None:
        """A card upside down shows no print and answers nothing."""
        self._bad_card(self.stage.people["normal"].card, CardProblem.NO_ANSWER, upside_down=True)

    def foreign_card(self) -> None:
        """Some other chip card: it answers, but it is no permit."""
        self._bad_card(foreign_card(), CardProblem.FOREIGN)

    def blank_plastic(self) -> None:
        """A card without chip or print."""
        self._bad_card(Card(CardFront(mrz="")), CardProblem.NO_ANSWER)

    def two_chips(self) -> None:
        """A second chip is in the field at the moment the card is in, so none can be read."""
        bay, other = self.stage.machine.bay, self.stage.people["faded"].card.chip
        hand = _Hand(lambda: bay.lay_chip_beside(other))
        bay.on_change(hand.watch)
        self._refused(self.stage.people["normal"].card, CardProblem.SEVERAL_CHIPS)
        bay.lay_chip_beside(None)
        self._leave(self.stage.people["normal"].card)

    def expired_permit(self) -> None:
        """The permit has run out."""
        self._bad_card(self.stage.people["expired"].card, CardProblem.EXPIRED)

    def no_record_then_linked(self) -> None:
        """Not this card but its holder is on record: two people link them, and it goes on."""
        person = self.stage.people["no_record"]
        self.player.insert(person)
        self.player.see("escalated")
        case = self.desk.clerk.wait_for_case(60)
        self.desk.clerk.claim(case)
        self.desk.clerk.link_record(case, person.card.front.name)
        self.desk.approver.wait_for_request(case, 60)
        self.desk.approver.approve(case)
        self.player.see("offers")
        self._leave(person.card)

    def ineligible_and_disputed(self) -> None:
        """What cannot be had says so before any effort; the resident disputes it."""
        person = self.stage.people["ineligible"]
        self.player.insert(person)
        self.player.see("offers")
        self.player.touch("dispute")
        self.player.see("escalated")
        self.player.skip_travel()
        self.player.touch("leave_with_ticket")
        self.player.see("leaving", "take_card")
        self._take(person.card)

    def person_asked_without_a_card(self) -> None:
        """The way to a person is on the attract screen, without any card."""
        self.player.touch("ask_person")
        self.player.see("escalated")
        self.player.skip_travel()
        self.player.touch("back")

    def face_check_declined(self) -> None:
        """The face check is declined; a person looks instead, later, with a ticket."""
        person = self.stage.people["normal"]
        self.player.insert(person)
        choose(self.player, "offer:G-HKG-1Y-2")
        self.player.see("notice")
        self.player.touch("decline_face_check")
        self.player.see("escalated")
        self.player.skip_travel()
        self.player.touch("leave_with_ticket")
        self.player.see("leaving", "take_card")
        self._take(person.card)

    def camera_unplugged(self) -> None:
        """The camera goes away in mid-capture: to a person, and the kiosk comes back."""
        person = self.stage.people["normal"]
        self._insert_anew(person)
        choose(self.player, "offer:G-HKG-1Y-2")
        self.stage.camera.leave()
        agree(self.player)
        self.stage.camera.rig.unplug()
        self.player.see("escalated")
        self.player.skip_travel()
        self.player.touch("leave_with_ticket")
        self.player.see("leaving", "take_card")
        self._take(person.card)
        self.player.see("out_of_service")
        self.stage.camera.rig.unplug(False)

    def receipt_printer_silent(self) -> None:
        """Without a receipt printer the card still comes back, with the number on the screen."""
        person = self.stage.people["normal"]
        self.stage.machine.receipt_printer.faults.silent = True
        self._insert_anew(person)
        self.player.see("offers")
        self.player.touch("ask_person")
        self.player.see("escalated")
        self.player.skip_travel()
        self.player.touch("leave_with_ticket")
        self._take(person.card)
        self.stage.machine.receipt_printer.faults.silent = False

    def card_not_taken(self) -> None:
        """A card left at the gate closes the kiosk until it is gone."""
        person = self.stage.people["normal"]
        self._insert_anew(person)
        self.player.see("offers")
        self.player.touch("leave")
        self.player.see("take_card")
        self.player.see("card_held")
        self.stage.machine.bay.take()

    def server_lost_and_back(self) -> None:
        """The server dies in mid-visit: card out within the time, and back by itself."""
        person = self.stage.people["normal"]
        self._insert_anew(person)
        self.player.see("offers")
        self.stage.hall.kill()
        self.player.see("leaving", "take_card")
        self._take(person.card)
        self.player.see("out_of_service")
        self.stage.hall.start()

    def _insert_anew(self, person: Person) -> None:
        """Put in a card of which a case waits since an earlier story, and leave it waiting."""
        self.player.insert(person)
        self.player.see("welcome_back")
        self.player.touch("start_new")

    def _bad_card(self, card: Card, problem: CardProblem, *, upside_down: bool = False) -> None:
        self._refused(card, problem, upside_down=upside_down)
        self._leave(card)

    def _refused(self, card: Card, problem: CardProblem, *, upside_down: bool = False) -> None:
        self.stage.machine.bay.insert(card, upside_down=upside_down)
        visit = self.player.wait(lambda v: isinstance(v.phase, BadCard), "a card refused")
        assert isinstance(visit.phase, BadCard)
        assert visit.phase.problem is problem, f"{visit.phase.problem} instead of {problem}"
        self.player.shoot(f"bad_card-{problem.value}")

    def _leave(self, card: Card) -> None:
        self.player.touch("leave")
        self._take(card)

    def _take(self, card: Card) -> None:
        self.player.wait(lambda v: getattr(v.phase, "presented", False), "the card at the gate")
        self.player.shoot("take_card-at_gate")
        assert self.stage.machine.bay.take() is card


class _Hand:
    """Does one thing, once, at the very moment the card is inside."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act: Callable[[], None] | None = act

    def watch(self, bay: Bay) -> None:
        """Look at the bay, which calls this at each change."""
        if bay.place is Place.INSIDE and self._act is not None:
            act, self._act = self._act, None
            act()


def main() -> int:
    """Play all and return an exit code."""
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    # Half its size: the demo draws the same screens whole, and half the time here was drawing.
    stage = Stage(out, size=(1080, 1920), extra_config=TIMERS, scale=0.5)
    started = time.monotonic()
    try:
        stage.run(lambda: Troubles(stage).play_all())
    finally:
        stage.close()
    print(f"played in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
