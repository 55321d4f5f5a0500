"""Everything of one demo, put together: hall, emulated machine, kiosk, recorder, and their ends."""

import contextlib
import logging
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from demo.camera import DemoCamera
from demo.hall import Hall
from demo.machine import Machine
from demo.people import Person, read_people
from demo.record import Recorder
from devices.camera import open_camera
from kiosk.app.compose import Kiosk
from kiosk.settings import load_settings

if TYPE_CHECKING:
    from kiosk.ui.window import Dock

ROOT = Path(__file__).resolve().parents[1]
KIOSK = "3"

_log = logging.getLogger(__name__)


class Stage:
    """A whole kiosk with its hall. Build it, ``run`` it on the main thread, ``close`` it.

    When something cannot be built, what was built before is closed.
    """

    def __init__(
        self,
        out: Path,
        *,
        size: tuple[int, int] = (1080, 1920),
        extra_config: str = "",
        dock: Callable[["Stage"], "Dock"] | None = None,
        scale: float = 1.0,
    ) -> None:
        self.out = out
        self._closers = contextlib.ExitStack()
        self.scratch = Path(
            self._closers.enter_context(
                tempfile.TemporaryDirectory(prefix="kiosk-demo-", ignore_cleanup_errors=True)
            )
        )
        try:
            self._build(size, extra_config, dock, scale)
        except BaseException:
            self.close()
            raise

    def _build(
        self,
        size: tuple[int, int],
        extra_config: str,
        dock: Callable[["Stage"], "Dock"] | None,
        scale: float,
    ) -> None:
        self.people: dict[str, Person] = read_people()
        self.hall = Hall(self.scratch / "server")
        self._closers.callback(self.hall.stop)
        self.hall.start()
        ports = self.scratch / "ports"
        ports.mkdir()
        self.machine = Machine(ports)
        self._closers.callback(self.machine.stop)
        self.machine.start()
        self.camera = DemoCamera()
        credential = self.scratch / "credential"
        self.hall.enrol(KIOSK, credential)
        self.config = write_config(self.scratch, self.hall, self.machine, size)
        with self.config.open("a", encoding="utf-8") as config:
            config.write(extra_config)
        self.kiosk = Kiosk(load_settings(self.config), open_camera(self.camera.rig))
        self._closers.callback(self.kiosk.close)
        self.recorder = Recorder()
        self.app = self.kiosk.open_screen(
            self.recorder.on_visit, dock=dock(self) if dock else None, scale=scale
        )

    def run(self, script: Callable[[], None] | None = None) -> None:
        """Show the kiosk; with a script, play it beside the screen and end with it.

        Raises what the script raised.
        """
        failure: list[BaseException] = []

        def play() -> None:
            try:
                if script is not None:
                    script()
            except BaseException as error:
                failure.append(error)
            finally:
                self.app.stop()

        player = Thread(target=play, name="script", daemon=True)
        if script is not None:
            player.start()
        self.kiosk.run()
        if script is not None:
            player.join(timeout=10)
        if failure:
            raise failure[0]

    def keep_log(self) -> None:
        """Keep the kiosk's event log with what the demo leaves."""
        log = self.kiosk.settings.kiosk.data_dir / "events.jsonl"
        if log.exists():
            shutil.copy(log, self.out / "events.jsonl")

    def close(self) -> None:
        """Stop everything, newest first."""
        self._closers.close()


def write_config(
    folder: Path,
    hall: Hall,
    machine: Machine,
    size: tuple[int, int],
    camera: str = "device:0",
    number: str = KIOSK,
) -> Path:
    """Write a kiosk.toml for the emulated machine and return its path."""
    ports = machine.ports()
    kinds = {
        "card_printer": "sanwa_crp1231",
        "mrz_reader": "elyctis",
        "chip_reader": "ccid_acs",
        "receipt_printer": "escpos",
    }
    devices = "\n".join(
        f'[devices.{name}]\nkind = "{kinds[name]}"\nport = "{port}"\nbaud = {baud}\n'
        for name, (port, baud) in ports.items()
    )
    text = f"""# Made by the demo for its emulated machine.
[kiosk]
number = "{number}"
data_dir = "kiosk"
urgency_file = "{ROOT / "config" / "server" / "urgency.toml"}"

[screen]
width = {size[0]}
height = {size[1]}
fullscreen = false

[server]
url = "{hall.url}"
credential_file = "credential"
heartbeat_s = 1.0

[devices]
assembly = "rewriter"
poll_s = 0.5

{devices}
[camera]
source = "{camera}"

[portrait]
models_dir = "{ROOT / "assets" / "models"}"
"""
    path = folder / "kiosk.toml"
    path.write_text(text, "utf-8")
    return path
