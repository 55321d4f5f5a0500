"""The demo's hands: what people do in the hall, as buttons beside the kiosk's screen.

Each button is a person's hand on the emulated world, never a call into the kiosk: the kiosk only
notices what its devices, its camera and its line to the server tell it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from demo.stage import Stage
from demo.telephone import pay, read_qr
from devices.rig.card import Card
from devices.rig.other_chip import foreign_card

Button = tuple[str, Callable[[], None]]
Groups = list[tuple[str, list[Button]]]

_DEVICES = {
    "card_printer": "card printer",
    "mrz_reader": "document reader",
    "chip_reader": "chip reader",
    "receipt_printer": "receipt printer",
}
"""A screen drawn small is held closer to the telephone."""


def open_dock(stage: Stage) -> Groups:
    """Return the dock's buttons by group, for ``Stage(dock=...)``."""
    hands = Hands(stage)
    return [
        ("Cards", hands.card_buttons()),
        ("Before the camera", hands.face_buttons()),
        ("Telephone", [("pay the code on the screen", hands.pay)]),
        ("Trouble inside", hands.trouble_buttons()),
        ("Cables", hands.cable_buttons()),
        ("The hall", [("kill the server", stage.hall.kill), ("start the server", hands.restart)]),
    ]


@dataclass
class Hands:
    """A person's hands; notes on the terminal what they could not do."""

    stage: Stage
    say: Callable[[str], None] = print
    _stray: bool = field(default=False, init=False)

    def card_buttons(self) -> list[Button]:
        """Return buttons that put cards in and take them."""
        people = list(self.stage.people.values())
        normal = self.stage.people["normal"].card
        return [
            ("take the card", self.take),
            *((f"{p.card.front.name}  {p.key}", self._insert(p.card)) for p in people),
            ("upside down", self._insert(normal, upside_down=True)),
            ("a foreign card", self._insert(foreign_card())),
            ("second chip in the field: lay / lift", self.stray_chip),
            ("tear the card out", self.pull),
        ]

    def face_buttons(self) -> list[Button]:
        """Return buttons for who stands before the camera."""
        faces = dict.fromkeys(person.face for person in self.stage.people.values())
        return [
            *((f"the face of {face.stem}", self._stand(face)) for face in faces),
            ("nobody", self.stage.camera.leave),
        ]

    def trouble_buttons(self) -> list[Button]:
        """Return buttons that break the machine's mechanics and mend them."""
        machine = self.stage.machine
        faults = machine.receipt_printer.faults

        def paper(name: str, wrong: bool) -> Callable[[], None]:
            return lambda: setattr(faults, name, wrong)

        return [
            ("card: jam", machine.bay.jam),
            ("card: clear the jam", lambda: machine.bay.jam(False)),
            ("paper: out", paper("paper_out", True)),
            ("paper: refill", paper("paper_out", False)),
            ("paper: open the cover", paper("cover_open", True)),
            ("paper: close the cover", paper("cover_open", False)),
            ("paper: jam in the cutter", paper("cutter_stuck", True)),
            ("paper: clear the cutter", self.clear_cutter),
        ]

    def cable_buttons(self) -> list[Button]:
        """Return buttons that pull each cable and plug it in again."""
        buttons: list[Button] = []
        for name, label in _DEVICES.items():
            line = self.stage.machine.lines[name]
            buttons += [(f"unplug {label}", line.unplug), (f"plug in {label}", line.replug)]
        rig = self.stage.camera.rig
        return [
            *buttons,
            ("unplug camera", rig.unplug),
            ("plug in camera", lambda: rig.unplug(False)),
        ]

    def take(self) -> None:
        """Take the card from the gate."""
        if self.stage.machine.bay.take() is None:
            self.say("demo: no card lies at the gate")

    def pull(self) -> None:
        """Tear the card out from wherever it is."""
        if self.stage.machine.bay.pull() is None:
            self.say("demo: there is no card in the machine")

    def stray_chip(self) -> None:
        """Lay another person's card on the reader's antenna, or lift it off."""
        self._stray = not self._stray
        chip = self.stage.people["other_portrait"].card.chip
        self.stage.machine.bay.lay_chip_beside(chip if self._stray else None)

    def clear_cutter(self) -> None:
        """Open the printer, remove the paper in the cutter, and switch it off and on."""
        printer = self.stage.machine.receipt_printer
        printer.faults.cutter_stuck = False
        printer.power_off()
        printer.tear_off()
        printer.power_on()

    def restart(self) -> None:
        """Start the hall's server again where it was, with what it had written."""
        if self.stage.hall.running:
            self.say("demo: the server runs")
            return
        self.stage.hall.start()
        self.say(f"demo: the server is back at {self.stage.hall.url}")

    def pay(self) -> None:
        """Read the QR code off the screen as a telephone does, and pay."""
        picture = self.stage.scratch / "telephone.png"
        self.stage.app.screenshot(picture)
        url = read_qr(picture)
        picture.unlink()
        if url is None:
            self.say("demo: the telephone sees no code on the screen")
            return
        pay(url)
        self.say("demo: paid")

    def _insert(self, card: Card, *, upside_down: bool = False) -> Callable[[], None]:
        def insert() -> None:
            if not self.stage.machine.bay.insert(card, upside_down=upside_down):
                self.say("demo: another card is in the gate")

        return insert

    def _stand(self, face: Path) -> Callable[[], None]:
        return lambda: self.stage.camera.show(face)


__all__ = ["Groups", "Hands", "open_dock"]
