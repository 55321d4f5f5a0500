"""Another kiosk of the hall, whole but without a screen: where a visit begins that goes on here."""

import contextlib
import time
from collections.abc import Callable, Iterator

from PIL import Image

from demo.camera import DemoCamera
from demo.machine import Machine
from demo.people import Person
from demo.stage import Stage, write_config
from devices.camera import open_camera
from kiosk.app.compose import Kiosk
from kiosk.session.events import Button, OfferTouched, Touched
from kiosk.session.facts import CaseStage
from kiosk.session.visit import Visit
from kiosk.settings import load_settings

NUMBER = "5"
WITHIN_S = 90.0
LOOK_AGAIN_S = 0.02


class OtherKioskFailed(AssertionError):
    """The other kiosk did not do what was waited for."""


class OtherKiosk:
    """Its machine, its camera, and a resident who touches what its screen would show."""

    def __init__(self, kiosk: Kiosk, machine: Machine, camera: DemoCamera) -> None:
        self._runtime = kiosk.runtime.runtime
        self._machine = machine
        self._camera = camera

    def leave_with_ticket(self, person: Person, offer: str) -> str:
        """Be put before staff, then leave with card and ticket; return the case's id."""
        self._see("attract")
        self._machine.bay.insert(person.card)
        self._see("offers")
        self._runtime.post(OfferTouched(offer))
        self._runtime.post(Touched(Button.NEXT))
        self._see("notice")
        self._camera.show(person.face)
        self._runtime.post(Touched(Button.AGREE))
        case = self._wait("staff to have the case", _staff_have_it).case
        assert case is not None, "it was waited for"  # noqa: S101 - see _staff_have_it
        self._runtime.post(Touched(Button.LEAVE_WITH_TICKET))
        self._wait("the card at the gate", lambda v: getattr(v.phase, "presented", False))
        self._machine.bay.take()
        self._see("attract")
        return case.id

    def ticket(self) -> Image.Image:
        """Return the picture of the ticket that came out last."""
        return self._machine.receipt_printer.receipts[-1].picture()

    def _see(self, phase: str) -> None:
        self._wait(phase, lambda visit: visit.phase.name == phase)

    def _wait(self, what: str, condition: Callable[[Visit], bool]) -> Visit:
        deadline = time.monotonic() + WITHIN_S
        while not condition(visit := self._runtime.visit):
            if time.monotonic() > deadline:
                raise OtherKioskFailed(f"kiosk {NUMBER}: waited for {what}, there is {visit.phase}")
            time.sleep(LOOK_AGAIN_S)
        return visit


def _staff_have_it(visit: Visit) -> bool:
    return visit.case is not None and visit.case.stage is CaseStage.WAITING


@contextlib.contextmanager
def other_kiosk(stage: Stage) -> Iterator[OtherKiosk]:
    """Run the hall's other kiosk, with devices and a portrait worker of its own."""
    folder = stage.scratch / "other"
    ports = folder / "ports"
    ports.mkdir(parents=True)
    machine, camera = Machine(ports), DemoCamera()
    with contextlib.ExitStack() as closers:
        closers.callback(machine.stop)
        machine.start()
        stage.hall.enrol(NUMBER, folder / "credential")
        config = write_config(folder, stage.hall, machine, (1080, 1920), number=NUMBER)
        kiosk = Kiosk(load_settings(config), open_camera(camera.rig))
        closers.callback(kiosk.close)
        kiosk.start()
        yield OtherKiosk(kiosk, machine, camera)
