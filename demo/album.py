"""Pictures of every screen in the order seen: one at each change of phase, more when asked."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from kiosk.session.visit import Visit

if TYPE_CHECKING:
    from kiosk.ui.window import KioskApp

WITHIN_S = 20.0


class Album:
    """Takes pictures on the window's thread, which numbers them, and saves them beside it.

    Before ``begin`` and from ``close`` on it takes none.
    """

    def __init__(self, app: "KioskApp") -> None:
        self._app = app
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._number = 0
        self._phase = ""
        self._saver = ThreadPoolExecutor(1, thread_name_prefix="album")
        self._saved: list[Future[None]] = []
        app.watch(self._drawn)

    @property
    def phase(self) -> str:
        """Return the phase that was pictured last, once it was."""
        return self._phase

    def begin(self, folder: Path) -> None:
        """Begin a visit's pictures with the one of the screen as it is."""

        def turn_the_page() -> None:
            self._folder, self._number = folder, 0
            visit = self._app.shown
            if visit is not None:
                self._phase = visit.phase.name
                self._take(self._phase)

        self._on_window(turn_the_page)

    def shoot(self, name: str) -> None:
        """Take one more picture of the screen, once everything shown so far is drawn."""
        self._on_window(lambda: self._take(name))

    def close(self) -> None:
        """Wait until all pictures are saved. Raises what went wrong with one of them."""
        with self._lock:
            self._folder = None
        self._saver.shutdown()
        for saved in self._saved:
            saved.result()

    def _on_window(self, job: Callable[[], None]) -> None:
        done = threading.Event()

        def work() -> None:
            job()
            done.set()

        self._app.run_soon(work)
        if not done.wait(WITHIN_S):
            raise TimeoutError("the window did not draw in time")

    def _drawn(self, visit: Visit) -> None:
        if visit.phase.name != self._phase:
            self._take(visit.phase.name)
            self._phase = visit.phase.name

    def _take(self, name: str) -> None:
        with self._lock:
            if self._folder is None:
                return
            self._number += 1
            path = self._folder / f"{self._number:02d}-{name}.png"
            # Only the pixels are the window's work: packing them takes longer than a frame may.
            self._saved.append(self._saver.submit(_save, self._app.picture(), path))


def _save(picture: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, compress_level=3)
