"""Build the whole kiosk from its settings, in the order in which its parts depend on each other."""

import contextlib
import errno
import logging
import math
import os
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cryptography.fernet import Fernet

import kiosk
from backend_client.client import KioskClient
from backend_client.outbox import Outbox, Seal
from devices.assembly import BUILT_ASSEMBLIES, Machine, open_machine
from devices.camera import open_camera
from devices.interfaces import Camera
from kiosk.app.exposure_control import ExposureControl
from kiosk.app.portrait_link import PortraitLink
from kiosk.app.readiness import camera_with_matcher
from kiosk.app.screen_links import CameraFrames, LinkGuidance
from kiosk.portrait.client import WorkerSettings
from kiosk.portrait.history import CaptureHistory
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.liveness.same_face import fit_same_face
from kiosk.portrait.liveness.slot import PassiveModel
from kiosk.portrait.ranges import LimitError, check_limits
from kiosk.portrait.slot_file import load_slot
from kiosk.portrait.slots import ModelSlot
from kiosk.runtime.aside import is_unreadable, put_aside
from kiosk.runtime.assembly import KioskRuntime, Parts, assemble
from kiosk.runtime.clock import wall_clock
from kiosk.runtime.data_lock import DataLock
from kiosk.runtime.line import ClientLine
from kiosk.runtime.seal import open_seal
from kiosk.session.events import Event
from kiosk.session.visit import Visit
from kiosk.settings import ConfigError, Settings, read_credential
from kiosk.values import LivenessMode

if TYPE_CHECKING:
    from kiosk.ui.window import Dock, KioskApp

_log = logging.getLogger(__name__)

_Part = TypeVar("_Part")

VERSION = "0.1.0"
DETECTOR = "yunet"
SELF_TEST = Path(kiosk.__file__).parents[1] / "assets" / "portraits"
"""Known portraits: a network fed in a wrong way loads without a word and knows nearly nobody."""
_NO_DISK = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""A disk that fails is no wrong setting: the kiosk starts, and gives a card back."""
RETRY_FMR = 0.001
"""A score that would hold at this false match rate is worth one more capture."""


class Kiosk:
    """A kiosk until ``close``. ``run`` shows the screen and belongs to the main thread.

    ``camera`` takes the place of the one that the settings name.
    """

    def __init__(self, settings: Settings, camera: Camera | None = None) -> None:
        self.settings = settings
        _check_assembly(settings)
        worker, retry_from = portrait_settings(settings)
        credential = read_credential(settings)
        self._closers = contextlib.ExitStack()
        try:
            lock = self._keep(_lock_data(settings), DataLock.release)
            seal = _open_data(settings)
            # The worker starts first: it is a process of its own, and is best begun while this one
            # has no other threads. It asks for frames only during a capture.
            self.portrait = self._keep(
                PortraitLink(
                    worker,
                    lambda: self.frames.latest(),
                    retry_from,
                    CaptureHistory(settings.kiosk.data_dir / "captures.json"),
                ),
                PortraitLink.close,
            )
            self.portrait.start()
            self.camera = self._keep(camera or _open_camera(settings), _close_camera)
            self.frames = CameraFrames(self.camera)
            self._keep(
                ExposureControl(self.portrait.guidance, self.camera.expose).start(),
                ExposureControl.close,
            )
            self.machine: Machine = self._keep(open_machine(settings.devices), Machine.close)
            client = self._keep(KioskClient(settings.server.url, credential), KioskClient.close)
            self._outbox = self._keep(_open_outbox(settings, client, seal), Outbox.stop)
            pictures = camera_with_matcher(self.camera.status, self.portrait.failure)
            parts = Parts(self.machine, pictures, ClientLine(client), self._outbox, self.portrait)
            self.runtime: KioskRuntime = self._keep(
                assemble(settings, parts, version=VERSION, lock=lock, restart=_end),
                KioskRuntime.stop,
            )
        except BaseException:
            self._closers.close()
            raise
        self.app: KioskApp | None = None

    def open_screen(
        self,
        on_visit: Callable[[Visit], None] | None = None,
        *,
        dock: "Dock | None" = None,
        scale: float = 1.0,
    ) -> "KioskApp":
        """Make the window and connect it to the runtime; ``on_visit`` sees every visit as well.

        ``dock`` are buttons beside the screen, ``scale`` makes it fit a smaller display; a window
        with a dock can be closed.
        """
        from kiosk.ui.page import Ground
        from kiosk.ui.window import KioskApp

        screen = self.settings.screen
        self.app = KioskApp(
            self.frames,
            LinkGuidance(self.portrait, self.frames),
            self._touched,
            size=(screen.width, screen.height),
            fullscreen=screen.fullscreen,
            grounds=tuple(Ground(g.code, g.texts) for g in self.settings.grounds),
            kiosk_label=self.settings.kiosk.number,
            timers=self.settings.rules(slot_has_bin=False).timers,
            dock=dock,
            closable=dock is not None,
            scale=scale,
            now=wall_clock(self.settings.kiosk.time_zone),
        )
        self.runtime.runtime.observe(self.app.show)
        if on_visit is not None:
            self.runtime.runtime.observe(on_visit)
        return self.app

    def run(self) -> None:
        """Start the runtime and show the screen until it is stopped."""
        app = self.app or self.open_screen()
        self.start()
        app.run()

    def start(self) -> None:
        """Begin to serve. Without a screen, as ``run`` has one, only events come from outside."""
        self._outbox.start()
        self.runtime.start()

    def close(self) -> None:
        """Stop everything, newest first."""
        self._closers.close()

    def _touched(self, event: Event) -> None:
        self.runtime.runtime.post(event)

    def _keep(self, part: _Part, close: Callable[[_Part], None]) -> _Part:
        self._closers.callback(close, part)
        return part


def portrait_settings(settings: Settings) -> tuple[WorkerSettings, float]:
    """Return the worker's settings and the score from which another capture helps.

    Raises ConfigError for a limit that does not exist or is out of its range, and SlotError for a
    model that is missing or is not what its slot says.
    """
    portrait = settings.portrait
    limits = replace(PortraitLimits(), **_limits(settings, "limits", PortraitLimits))
    liveness = replace(
        LivenessLimits(LivenessMode(portrait.liveness), portrait.liveness_model),
        **_limits(settings, "liveness_limits", LivenessLimits),
    )
    if liveness.mode is not LivenessMode.OFF and liveness.model:
        PassiveModel(portrait.models_dir / liveness.model / "model.toml")
    worker = WorkerSettings(
        models=portrait.models_dir,
        engine=portrait.matcher,
        fmr=portrait.false_match_rate,
        limits=limits,
        liveness=liveness,
        self_test=SELF_TEST if SELF_TEST.is_dir() else None,
    )
    slots = _check_matcher(settings)
    networks = [slot for slot in slots if slot.role == "recogniser" and slot.runtime != "fusion"]
    fit_same_face(liveness, networks)  # the worker does it; here it is refused before a start
    retry_fmr = max(RETRY_FMR, portrait.false_match_rate)
    measured = {threshold.fmr for threshold in slots[0].deciding}
    fmr = retry_fmr if retry_fmr in measured else portrait.false_match_rate
    return worker, slots[0].score_threshold(fmr)


def _limits(settings: Settings, section: str, kind: type[Any]) -> dict[str, Any]:
    """Return the limits of a section; ConfigError for one that does not exist or cannot be."""
    try:
        return check_limits(kind, getattr(settings.portrait, section))
    except LimitError as error:
        key = f"portrait.{section}.{error.name}"
        raise ConfigError(settings.file, key, error.allowed) from error


def _check_matcher(settings: Settings) -> list[ModelSlot]:
    """Return the matcher's slots. What the settings ask of them and they lack is a ConfigError."""
    portrait = settings.portrait
    known = sorted(path.parent.name for path in portrait.models_dir.glob("*/model.toml"))
    matchers = [name for name in known if name not in (DETECTOR, portrait.liveness_model)]
    if not matchers:
        where = f"holds no model slots: {portrait.models_dir}"
        raise ConfigError(settings.file, "portrait.models_dir", where)
    if portrait.matcher not in matchers:
        allowed = f"there is no slot '{portrait.matcher}'; there are {', '.join(matchers)}"
        raise ConfigError(settings.file, "portrait.matcher", allowed)
    slots = check_models(portrait.models_dir, portrait.matcher)
    rates = [threshold.fmr for threshold in slots[0].deciding]
    if not any(math.isclose(rate, portrait.false_match_rate, rel_tol=1e-6) for rate in rates):
        measured = ", ".join(f"{rate:g}" for rate in rates)
        allowed = f"the slot '{portrait.matcher}' was measured at {measured} only"
        raise ConfigError(settings.file, "portrait.false_match_rate", allowed)
    return slots


def check_models(folder: Path, matcher: str) -> list[ModelSlot]:
    """Load the matcher's slot, then its members' and the detector's. Raises SlotError."""
    slots = [load_slot(folder / matcher / "model.toml")]
    names = [DETECTOR, *(member.name for member in slots[0].members)]
    return slots + [load_slot(folder / name / "model.toml") for name in names]


def _end() -> None:
    """End this process as its supervisor would, which starts it again."""
    _log.warning("the journal can be opened again; ending for a restart")
    os.kill(os.getpid(), signal.SIGTERM)


def _lock_data(settings: Settings) -> DataLock:
    """Make the data directory and keep every other kiosk away from it. Raises DataInUse."""
    data = settings.kiosk.data_dir
    try:
        data.mkdir(parents=True, exist_ok=True)
        return DataLock(data)
    except OSError as error:
        raise _not_writable(settings, error) from error


def _open_data(settings: Settings) -> Seal:
    """Return the seal of what waits in the data directory: cases hold portraits.

    A key that is none is put aside with what it sealed. Where the disk takes no new one, the
    seal is of this run only, and so is what waits: the kiosk only gives a card back then.
    """
    data = settings.kiosk.data_dir
    key = data / "outbox.key"
    try:
        data.mkdir(parents=True, exist_ok=True)
        try:
            return open_seal(key)
        except ValueError:
            put_aside(key, data / "outbox.sqlite3")
            return open_seal(key)
    except OSError as error:
        if error.errno not in _NO_DISK:
            raise _not_writable(settings, error) from error
        _log.error("%s cannot be made: %s", key, error.strerror)
        return Fernet(Fernet.generate_key())


def _open_outbox(settings: Settings, client: KioskClient, seal: Seal) -> Outbox:
    box = settings.kiosk.data_dir / "outbox.sqlite3"
    try:
        return Outbox(box, client, seal=seal)
    except sqlite3.DatabaseError as error:
        if not is_unreadable(error):
            raise
        put_aside(box)
        return Outbox(box, client, seal=seal)


def _not_writable(settings: Settings, error: OSError) -> ConfigError:
    allowed = f"must be a directory that can be written; {settings.kiosk.data_dir}: "
    return ConfigError(settings.file, "kiosk.data_dir", f"{allowed}{error.strerror}")


def _open_camera(settings: Settings) -> Camera:
    camera = settings.camera
    return open_camera(camera.source, size=(camera.width, camera.height))


def _close_camera(camera: Camera) -> None:
    camera.close()


def _check_assembly(settings: Settings) -> None:
    assembly = settings.devices.assembly
    if assembly not in BUILT_ASSEMBLIES:
        allowed = f"'{assembly}' cannot be built yet; allowed: {', '.join(BUILT_ASSEMBLIES)}"
        raise ConfigError(settings.file, "devices.assembly", allowed)
