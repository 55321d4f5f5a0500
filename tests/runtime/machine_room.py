"""An emulated machine on ptys, a real hall, and a resident who acts by events.

The devices speak their real bytes; only their mechanics are quicker than life. The matcher is
the one part that is not the product's own: these tests are about the machine, not about faces.
"""

import contextlib
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Flag
from threading import Thread

from backend_client.client import KioskClient
from backend_client.outbox import Outbox
from demo.people import Person, read_people
from demo.telephone import pay
from devices.assembly import Machine, open_machine
from devices.ccid_acs.emulator import AcsReaderEmulator
from devices.escpos_receipt.emulator import EscposEmulator
from devices.mrz_reader.emulator import ElyctisEmulator
from devices.rig.wiring import wire_chip_reader, wire_document_reader
from devices.rig.world import Bay, Place
from devices.sanwa_crp1231.emulator import SanwaEmulator
from devices.sanwa_crp1231.machine import Durations
from devices.status import DeviceStatus, Ready
from kiosk.runtime.assembly import KioskRuntime, Parts, assemble
from kiosk.runtime.journal import Journal
from kiosk.runtime.line import ClientLine
from kiosk.runtime.protocols import CaptureEnd, Match, References
from kiosk.session.events import Button, Event, OfferTouched, Touched
from kiosk.session.facts import Comparison, PaymentStatus
from kiosk.session.visit import Visit
from kiosk.settings import Settings, load_settings, read_credential
from kiosk.values import Reference, Score
from tests.backend.pictures import jpeg

ROOT = Path(__file__).parents[2]
_REACH_S = 0.5  # nobody has the card in their fingers before the motor has stopped
QUICK = Durations(take_in_s=0.1, eject_s=0.1, erase_s=0.2, print_s=0.2)
_MODEL = tomllib.loads((ROOT / "config" / "server" / "policy.toml").read_text("utf-8"))["match"][
    "models"
][0]
"""The server believes comparisons of the models in its policy only."""

FACE = jpeg(60)
"""What a camera takes of somebody; other bytes are somebody else."""


class Emulators:
    """Every device of one kiosk on a pty of its own, around one bay."""

    def __init__(self) -> None:
        self.bay = Bay()
        self.card_printer = SanwaEmulator(self.bay, durations=QUICK)
        self.mrz_reader = ElyctisEmulator()
        self.chip_reader = AcsReaderEmulator()
        self.receipt_printer = EscposEmulator()
        wire_document_reader(self.bay, self.mrz_reader)
        wire_chip_reader(self.bay, self.chip_reader.field)
        self._all = (self.card_printer, self.mrz_reader, self.chip_reader, self.receipt_printer)
        for device in self._all:
            device.start()

    def stop(self) -> None:
        for device in self._all:
            device.stop()


class Satisfied:
    """A matcher that takes any portraits and any face; ``matched`` may be changed.

    ``face`` is the picture that the camera would take: the same bytes are the same person as a
    case's portrait, chip and record being another matter.
    """

    def __init__(self) -> None:
        self.matched = True
        self.face: bytes | None = None
        self.case: bytes | None = None

    def set_references(
        self,
        chip: bytes | None,
        record: bytes | None,
        *,
        case: bytes | None = None,
        chip_authenticated: bool,
    ) -> References:
        self.case = case
        return References(chip=chip is not None, record=record is not None)

    def capture(self, attempt: int, cancel: Flag) -> CaptureEnd:
        return CaptureEnd(captured=not cancel.wait(0.01))

    def compare(self, attempt: int) -> Match:
        name, threshold = next(iter(_MODEL["thresholds"].items()))

        def score(reference: Reference, *, holds: bool) -> Score:
            return Score(reference, name, threshold + (1.0 if holds else -1.0), threshold)

        scores = [score(each, holds=self.matched) for each in (Reference.CHIP, Reference.RECORD)]
        matched = self.matched
        if self.case is not None:
            matched = matched and self.face == self.case
            scores.append(score(Reference.CASE, holds=self.face == self.case))
        found = Comparison(matched, tuple(scores), (), _MODEL["id"], _MODEL["sha256"][0])
        return Match(found, self.face)

    def forget(self) -> None:
        self.case = None


def write_config(folder: Path, emulators: Emulators, url: str, **timers: float) -> Path:
    """Write the shipped configuration with this room's ports, server and waits."""
    text = (ROOT / "config" / "kiosk.toml").read_text(encoding="utf-8")
    ports = {
        "/dev/ttyS0": emulators.card_printer.path,
        "/dev/ttyS1": emulators.mrz_reader.path,
        "/dev/ttyS2": emulators.chip_reader.path,
        "/dev/ttyS3": emulators.receipt_printer.path,
        "http://127.0.0.1:8000": url,
        "../var/kiosk": "kiosk",
        "server/urgency.toml": str(ROOT / "config" / "server" / "urgency.toml"),
        "poll_s = 2.0": "poll_s = 0.3",
        "heartbeat_s = 3.0": "heartbeat_s = 0.5",
        "lost_after_s = 8.0": "lost_after_s = 2.0",
    }
    for old, new in ports.items():
        assert old in text
        text = text.replace(old, new)
    for name, seconds in timers.items():
        lines = text.splitlines()
        text = "\n".join(
            f"{name} = {seconds}" if line.startswith(f"{name} =") else line for line in lines
        )
    file = folder / "kiosk.toml"
    file.write_text(text + "\n", encoding="utf-8")
    return file


def ready() -> DeviceStatus:
    return Ready()


@dataclass
class Running:
    """A kiosk without a screen: what ``app`` builds, less the window and the portrait worker."""

    settings: Settings
    machine: Machine
    outbox: Outbox
    matcher: Satisfied
    kiosk: KioskRuntime


@contextlib.contextmanager
def running(
    config: Path,
    open_journal: Callable[[Path], Journal] = Journal,
    restart: Callable[[], None] = lambda: None,
) -> Iterator[Running]:
    settings = load_settings(config)
    client = KioskClient(settings.server.url, read_credential(settings))
    settings.kiosk.data_dir.mkdir(parents=True, exist_ok=True)
    outbox = Outbox(settings.kiosk.data_dir / "outbox.sqlite3", client)
    machine = open_machine(settings.devices)
    matcher = Satisfied()
    parts = Parts(machine, ready, ClientLine(client), outbox, matcher)
    try:
        kiosk = assemble(settings, parts, open_journal=open_journal, restart=restart)
    except BaseException:
        # A machine left open goes on asking for its ports, whose names the next test's may have.
        machine.close()
        client.close()
        raise
    outbox.start()
    kiosk.start()
    try:
        yield Running(settings, machine, outbox, matcher, kiosk)
    finally:
        kiosk.stop()
        outbox.stop()
        machine.close()
        client.close()


class Resident:
    """Touches what the screen would show, by phase, as soon as the phase is there."""

    def __init__(self, post: Callable[[Event], None], offer: str | None = None) -> None:
        self._post = post
        self._offer = offer
        self._answered: set[tuple[str, str]] = set()
        self.phases: list[str] = []
        self.choices: dict[str, Button] = {
            "welcome_back": Button.START_NEW,
            "notice": Button.AGREE,
            "confirm": Button.CONFIRM,
            "bad_card": Button.NEXT,
        }

    def __call__(self, visit: Visit) -> None:
        name = visit.phase.name
        if not self.phases or self.phases[-1] != name:
            self.phases.append(name)
        if (visit.id, name) in self._answered:
            return
        if name == "offers" and visit.offers is not None:
            self._post(OfferTouched(self._offer or visit.offers.open[0].code))
            self._post(Touched(Button.NEXT))
        elif name == "pay" and visit.payment is not None:
            if visit.payment.status is PaymentStatus.PENDING:
                Thread(target=pay, args=(visit.payment.qr_text,), daemon=True).start()
        elif name in self.choices:
            self._post(Touched(self.choices[name]))
        else:
            return
        self._answered.add((visit.id, name))


def wait_for(what: str, condition: Callable[[], bool], within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def wait_for_phase(runtime: KioskRuntime, name: str, within_s: float = 30.0) -> None:
    """Wait until the visit is in a phase; a failure shows the visit as it is instead."""
    deadline = time.monotonic() + within_s
    while runtime.visit.phase.name != name:
        assert time.monotonic() < deadline, f"{name}: {runtime.visit}"
        time.sleep(0.02)


def take_card_when_out(bay: Bay, stop: Flag) -> Thread:
    """Let the resident take the card whenever it lies at the gate after it was inside."""

    def run() -> None:
        was_inside = False
        while not stop.wait(0.02):
            was_inside = was_inside or bay.place is Place.INSIDE
            if was_inside and bay.place is Place.AT_GATE and not stop.wait(_REACH_S):
                bay.take()
                was_inside = False

    thread = Thread(target=run, daemon=True)
    thread.start()
    return thread


def person(key: str) -> Person:
    return read_people()[key]
