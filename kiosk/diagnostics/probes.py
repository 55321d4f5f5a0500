"""One probe for each thing a kiosk needs. Each opens, asks and closes by itself."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend_client.client import KioskClient, ServerRefused, ServerUnavailable
from backend_client.contract import CaseView, RefusalCode
from devices.assembly import Machine, UnknownAssembly, open_machine
from devices.camera import open_camera
from devices.interfaces import Camera
from devices.status import DeviceStatus, Disconnected
from kiosk.diagnostics.report import State, judge
from kiosk.settings import ConfigError, Settings, read_credential

OPENED_WITHIN_S = 6.0
"""Opening, initialising and one status; the slowest driver gives a silent device 5 s."""
SERVER_WITHIN_S = 5.0
_AGAIN_S = 0.05

Result = tuple[State, str]


@dataclass(frozen=True, slots=True)
class Probe:
    """What is probed, where it is, and how; ``run`` may raise, which is a finding too."""

    name: str
    where: str
    run: Callable[[], Result]


def device_probes(settings: Settings, machine: Machine | UnknownAssembly) -> list[Probe]:
    """Probe every device of the machine, each through its own supervisor."""
    devices = settings.devices
    places = {
        "card_slot": devices.card_printer.port,
        "endorsement_printer": devices.card_printer.port,
        "document_reader": devices.mrz_reader.port,
        "chip_reader": devices.chip_reader.port,
    }
    if devices.receipt_printer is not None:
        places["receipt_printer"] = devices.receipt_printer.port
    if isinstance(machine, UnknownAssembly):
        words = str(machine)
        return [Probe("machine", devices.assembly.value, lambda: (State.FAULTED, words))]
    return [
        Probe(name, where, _until_usable(machine.probes[name])) for name, where in places.items()
    ]


def open_devices(settings: Settings) -> Machine | UnknownAssembly:
    """Open the machine; an assembly that cannot be built is a finding, not the end."""
    try:
        return open_machine(settings.devices)
    except UnknownAssembly as error:
        return error


def open_pictures(settings: Settings) -> Camera:
    """Open the camera; nothing waits for it here."""
    camera = settings.camera
    return open_camera(camera.source, size=(camera.width, camera.height))


def camera_probe(settings: Settings, camera: Camera) -> Probe:
    """Probe the camera by its newest frames."""
    return Probe("camera", settings.camera.source, _until_usable(camera.status))


def server_probe(settings: Settings) -> Probe:
    """Ask the server for a case that cannot exist: proves line, server and credential."""
    return Probe("server", settings.server.url, lambda: _ask_server(settings))


def storage_probe(settings: Settings) -> Probe:
    """See that the journal's directory can be written; without a journal nothing is printed."""
    directory = settings.kiosk.data_dir
    return Probe("storage", str(directory), lambda: _write_to(directory))


def _until_usable(status: Callable[[], DeviceStatus]) -> Callable[[], Result]:
    """Return a probe that gives a device time to open, then takes its word."""

    def run() -> Result:
        deadline = time.monotonic() + OPENED_WITHIN_S
        newest = status()
        while isinstance(newest, Disconnected) and time.monotonic() < deadline:
            time.sleep(_AGAIN_S)
            newest = status()
        return judge(newest)

    return run


def _ask_server(settings: Settings) -> Result:
    try:
        credential = read_credential(settings)
    except ConfigError as error:
        return State.FAULTED, str(error)
    client = KioskClient(settings.server.url, credential)
    try:
        client.get("/cases/none", CaseView, within_s=SERVER_WITHIN_S)
    except ServerUnavailable as error:
        return State.DISCONNECTED, str(error)
    except ServerRefused as refused:
        if refused.code is RefusalCode.NOT_FOUND:
            return State.READY, "the kiosk is enrolled"
        return State.FAULTED, f"the server refuses this kiosk: {refused.code.value}"
    finally:
        client.close()
    return State.FAULTED, "the server knows a case that nobody opened"


def _write_to(directory: Path) -> Result:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe = directory / ".probe"
        probe.write_bytes(b"probe")
        probe.unlink()
        space = os.statvfs(directory)
    except OSError as error:
        return State.FAULTED, f"cannot be written: {error.strerror}"
    free_mb = space.f_bavail * space.f_frsize // 1_000_000
    if free_mb < 50:
        return State.FAULTED, f"only {free_mb} MB are free"
    return State.READY, f"{free_mb} MB free"
