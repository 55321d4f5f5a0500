"""A camera on its own thread, with watchdogs for old and for frozen pictures.

A blocked read cannot be interrupted (V4L2 may take 10 s), so nothing here waits for the thread:
status and frames are judged by their age.
"""

import time
import zlib
from dataclasses import dataclass
from threading import Condition, Event, Thread

from devices.camera.sources import FrameSource, Image, SourceLost
from devices.interfaces import CameraFrame
from devices.status import DeviceStatus, Disconnected, Faulted, Ready, Trouble

_JOIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Watch:
    """Limits of the watchdogs and the pace of reopening, in seconds.

    ``identical_frames`` equal pictures in a row mean a frozen camera: a live sensor's noise
    never repeats.
    """

    max_age_s: float = 1.5
    identical_frames: int = 12
    first_retry_s: float = 0.25
    longest_retry_s: float = 5.0


class WatchedCamera:
    """Keeps the newest frame of a source and opens the source again when it is lost."""

    def __init__(self, source: FrameSource, watch: Watch) -> None:
        self._source = source
        self._watch = watch
        self._changed = Condition()
        self._frame: CameraFrame | None = None
        self._number = 0
        self._identical = 0
        self._checksum: int | None = None
        self._detail = f"{source.name} was not opened yet"
        self._steps = 0
        self._stop = Event()
        self._thread = Thread(target=self._run, name=f"camera {source.name}", daemon=True)

    def start(self) -> "WatchedCamera":
        """Begin to read; returns itself."""
        self._thread.start()
        return self

    def status(self) -> DeviceStatus:
        """Judge by frame age and by identical frames; Disconnected when none come."""
        with self._changed:
            if self._identical >= self._watch.identical_frames:
                return Faulted(Trouble.FROZEN, f"{self._identical + 1} identical pictures")
            if self._frame is None:
                return Disconnected(self._detail)
            age = time.monotonic() - self._frame.captured_at
            if age > self._watch.max_age_s:
                return Disconnected(f"no picture for {age:.1f} s")
            return Ready(f"{self._frame.image.shape[1]}x{self._frame.image.shape[0]}")

    def latest(self) -> CameraFrame | None:
        """Return the newest frame; None before the first and while the source is lost."""
        with self._changed:
            return self._frame

    def wait_newer(self, than: int, timeout_s: float) -> CameraFrame | None:
        """Wait for a frame with a number above ``than``; None when none came in time."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._frame is not None and self._frame.number > than, timeout_s
            )
            frame = self._frame
            return frame if frame is not None and frame.number > than else None

    def expose(self, steps: int) -> None:
        """Let the source's thread ask for this exposure before its next picture."""
        with self._changed:
            self._steps = steps

    def close(self) -> None:
        """Stop the thread and release the source, unless a read blocks for long."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_JOIN_S)
        self._forget("closed")

    def _run(self) -> None:
        retry_s = self._watch.first_retry_s
        while not self._stop.is_set():
            before = self._number
            try:
                self._source.open()
                self._read_all()
            except SourceLost as lost:
                self._forget(str(lost))
            finally:
                self._source.close()
            # Only pictures prove that opening helped: a device that opens and gives none must
            # not be opened in a tight loop.
            worked = self._number > before and self._identical == 0
            retry_s = self._watch.first_retry_s if worked else retry_s
            self._stop.wait(retry_s)
            retry_s = min(retry_s * 2, self._watch.longest_retry_s)

    def _read_all(self) -> None:
        """Read until the source is lost or frozen; a frozen one may live again once reopened."""
        for _ in range(self._source.skip_first):
            self._source.read()
        since_open = asked = 0
        while not self._stop.is_set():
            with self._changed:
                steps = self._steps
            if steps != asked:
                self._source.expose(steps)  # anew after each opening: it came back as it was
                asked = steps
            self._keep(self._source.read())
            since_open += 1
            frozen = self._identical >= self._watch.identical_frames
            if frozen and since_open > self._watch.identical_frames:
                return

    def _keep(self, image: Image) -> None:
        checksum = zlib.crc32(image.data)
        image.setflags(write=False)
        with self._changed:
            same = checksum == self._checksum
            self._identical = self._identical + 1 if same else 0
            self._checksum = checksum
            self._number += 1
            self._frame = CameraFrame(image, time.monotonic(), self._number)
            self._changed.notify_all()

    def _forget(self, detail: str) -> None:
        with self._changed:
            self._frame = None
            self._identical = 0
            self._detail = detail
            self._changed.notify_all()
