"""Plays, in the real app, what a kiosk that requires liveness asks of residents.

Run as a process of its own, since Kivy's window exists once in a process:
``python -m tests.visits.play_liveness OUT``. Writes OUT/told.json: what each story showed.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np

from demo.script import Desk, Player, agree, choose
from demo.staff_browser import StaffRefused
from demo.stage import Stage
from devices.rig.live_frames import RESIDENT_A, camera_like_frames
from kiosk.portrait.faces import Face, FaceDetector, Image
from kiosk.portrait.slot_file import load_slot
from kiosk.values import HeadMove
from tests.portrait.heads import step_closer, turn_head

ROOT = Path(__file__).resolve().parents[2]
# The table [portrait] is the configuration's last.
REQUIRED = """liveness = "required"

[portrait.liveness_limits]
move_within_s = 4.0
"""
HELD = 6
"""Frames of a head that is held turned; the camera adds its noise to each anew."""

MAKE: dict[HeadMove, Callable[[Image, Face], Image]] = {
    # This photograph looks a little aside, so that only one turn of it makes a face; the other is
    # that one's mirror.
    HeadMove.TURN_LEFT: lambda frame, face: np.fliplr(turn_head(frame, face, -42)).copy(),
    HeadMove.TURN_RIGHT: lambda frame, face: turn_head(frame, face, -42),
    HeadMove.COME_CLOSER: lambda frame, face: step_closer(frame, face, 1.45),
}


class Liveness:
    """The stories; each begins and ends at the attract screen."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.player, self.desk = Player(stage), Desk(stage)
        self.person = stage.people["normal"]
        self.heads = heads_of(self.person.face)
        self.told: dict[str, object] = {}

    def play(self) -> None:
        """Play them and write what they showed."""
        for story in (self.moves_are_made, self.a_photograph_is_held_up):
            self.player.begin(story.__name__)
            story()
        self.player.close()
        for record in self.player.records:
            self.told[record.name] = {"phases": record.phases, "outcome": record.outcome}
        (self.stage.out / "told.json").write_text(json.dumps(self.told, indent=1), "utf-8")

    def moves_are_made(self) -> None:
        """Whoever does what the mirror asks for is compared, and goes on."""
        self._come_to_the_mirror()
        self.told["asked"] = [move.value for move in self._follow()]
        self._confirm_or_leave()

    def a_photograph_is_held_up(self) -> None:
        """The right face that makes no move: to a person, who has to see the resident."""
        self._come_to_the_mirror()
        self.player.see("escalated")
        self.player.skip_travel()
        case = self.desk.clerk.wait_for_case(60)
        self.desk.clerk.claim(case)
        self.told["sentence"] = self.desk.clerk.look(case).sentence
        try:
            self.desk.clerk.decide(case, "identity_accepted")
        except StaffRefused as refused:
            self.told["unseen"] = str(refused)
        self.desk.clerk.decide(case, "identity_accepted", seen_in_person=True)
        self.desk.approver.wait_for_request(case, 60)
        self.desk.approver.approve(case)
        self._confirm_or_leave()

    def _come_to_the_mirror(self) -> None:
        self.player.insert(self.person)
        choose(self.player, "offer:G-HKG-1Y-2")
        self.stage.camera.show(self.person.face)
        agree(self.player)

    def _confirm_or_leave(self) -> None:
        self.player.see("confirm")
        self.player.touch("leave")
        self.player.take_card(self.person)
        self.player.end()

    def _follow(self) -> list[HeadMove]:
        """Do what the mirror asks for until it asks no more; return what that was."""
        asked: list[HeadMove] = []
        doing: HeadMove | None = None
        while self.player.see("portrait", "compare", "confirm", "escalated") == "portrait":
            guidance = self.stage.kiosk.portrait.guidance()
            move = guidance.move if guidance is not None else None
            if move is not doing:
                doing = move
                if move is not None:
                    asked.append(move)
                    time.sleep(0.2)  # reads before acting
                    self.player.shoot(f"portrait-{move.value}")
                self.stage.camera.rig.show(self.heads[move])
            time.sleep(0.02)
        return asked


def heads_of(face: Path) -> dict[HeadMove | None, list[Image]]:
    """Return frames of somebody who looks ahead, and of each move held."""
    ahead = list(islice(camera_like_frames(face, seed=7, changes=RESIDENT_A), 30))
    detector = FaceDetector(load_slot(ROOT / "assets" / "models" / "yunet" / "model.toml"))
    shown: dict[HeadMove | None, list[Image]] = {None: ahead}
    for move, make in MAKE.items():
        shown[move] = []
        for frame in ahead[:HELD]:
            (found,) = detector.find(frame)
            shown[move].append(make(frame, found))
    return shown


def main() -> int:
    """Play all and return an exit code."""
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    stage = Stage(out, size=(1080, 1920), extra_config=REQUIRED, scale=0.5)
    try:
        stage.run(lambda: Liveness(stage).play())
    finally:
        stage.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
