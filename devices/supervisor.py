"""Keeps one device's port open: one owner thread opens, works, and opens again.

Drivers block and know no threads. Everything that touches a port is a job on its owner's
thread, so two callers never mix their bytes. Must not repeat a job by itself: only its caller
knows whether doing it twice is harmless.
"""

import contextlib
import logging
import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any, Generic, Protocol, TypeVar

from devices.errors import Cancelled, DeviceError, TransportClosed
from devices.interfaces import Transport
from devices.status import DeviceStatus, Disconnected

_log = logging.getLogger(__name__)


class Supervised(Protocol):
    """A driver as its supervisor sees it."""

    def initialise(self) -> None:
        """Bring the device to a known state after each connect."""
        ...

    def status(self) -> DeviceStatus:
        """Ask the device how it is."""
        ...


D = TypeVar("D", bound=Supervised)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a supervisor tries and asks."""

    first_retry_s: float = 0.25
    longest_retry_s: float = 5.0
    poll_s: float = 2.0  # an idle port says nothing when it is unplugged; only asking tells


@dataclass(frozen=True, slots=True)
class _Job(Generic[D]):
    work: Callable[[D], Any]
    future: "Future[Any]"
    cancel: Event | None


class Supervisor(Generic[D]):
    """Owns one port from ``start`` to ``close``."""

    def __init__(
        self,
        name: str,
        open_line: Callable[[], Transport],
        make_driver: Callable[[Transport], D],
        *,
        pace: Pace | None = None,
        on_status: Callable[[DeviceStatus], None] | None = None,
    ) -> None:
        self.name = name
        self.connects = 0
        self._open_line = open_line
        self._make_driver = make_driver
        self._pace = pace or Pace()
        self._on_status = on_status
        self._jobs: queue.Queue[_Job[D] | None] = queue.Queue()
        self._lock = Lock()
        self._status: DeviceStatus = Disconnected("not opened yet")
        self._running: Event | None = None
        self._closing = Event()
        self._thread = Thread(target=self._run, name=f"owner of {name}", daemon=True)

    def start(self) -> "Supervisor[D]":
        """Open the port on its own thread; returns at once."""
        self._thread.start()
        return self

    def status(self) -> DeviceStatus:
        """Return what the device last said of itself; Disconnected while the port is closed."""
        with self._lock:
            return self._status

    def submit(self, work: Callable[[D], R], cancel: Event | None = None) -> "Future[R]":
        """Run ``work`` with the driver on the owner's thread.

        The future fails at once with TransportClosed while the device is disconnected, and
        with Cancelled when ``cancel`` was set before its turn or the supervisor closes.
        ``cancel`` is also what ``work`` should hand to the driver's waiting calls.
        """
        future: Future[R] = Future()
        with self._lock:
            if self._closing.is_set():
                future.set_exception(Cancelled(f"{self.name} is closed"))
            else:
                self._jobs.put(_Job(work, future, cancel))
        return future

    def close(self) -> None:
        """Cancel what runs, fail what waits, close the port; closing twice is fine."""
        with self._lock:
            self._closing.set()
            if self._running is not None:
                self._running.set()
            self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        retry_s = self._pace.first_retry_s
        while not self._closing.is_set():
            line = self._connect()
            if line is None:
                self._fail_jobs_for(retry_s)
                retry_s = min(retry_s * 2, self._pace.longest_retry_s)
                continue
            retry_s = self._pace.first_retry_s
            transport, driver = line
            try:
                self._serve(driver)
            except DeviceError as error:
                self._set_status(Disconnected(str(error)))
            except Exception as error:
                self._give_up(error)
            finally:
                transport.close()
        self._set_status(Disconnected("closed"))
        self._fail_jobs_for(0.0)

    def _connect(self) -> tuple[Transport, D] | None:
        """Open and initialise; None when either fails."""
        try:
            transport = self._open_line()
        except DeviceError as error:
            self._set_status(Disconnected(str(error)))
            return None
        try:
            driver = self._make_driver(transport)
            driver.initialise()
            self._set_status(driver.status())
        except DeviceError as error:
            transport.close()
            self._set_status(Disconnected(f"does not initialise: {error}"))
            return None
        except Exception as error:
            transport.close()
            self._give_up(error)
            return None
        self.connects += 1
        return transport, driver

    def _give_up(self, error: Exception) -> None:
        """Treat a driver's own mistake like a lost port: the owner's thread must not end."""
        _log.exception("driver of %s failed", self.name, exc_info=error)
        self._set_status(Disconnected(f"driver failed: {error}"))

    def _serve(self, driver: D) -> None:
        """Run jobs until the port is lost (TransportClosed) or the supervisor closes."""
        asked_at = time.monotonic()
        while not self._closing.is_set():
            wait = max(0.0, asked_at + self._pace.poll_s - time.monotonic())
            try:
                job = self._jobs.get(timeout=wait)
            except queue.Empty:
                asked_at = self._poll(driver)
                continue
            if job is not None:
                self._do(job, driver)

    def _poll(self, driver: D) -> float:
        status = driver.status()
        if isinstance(status, Disconnected):
            # Silence on an open port may be a device that was switched off and on again:
            # only a new initialise makes its state known.
            raise TransportClosed(status.detail)
        self._set_status(status)
        return time.monotonic()

    def _do(self, job: _Job[D], driver: D) -> None:
        if not job.future.set_running_or_notify_cancel():
            return
        if job.cancel is not None and job.cancel.is_set():
            job.future.set_exception(Cancelled("cancelled before its turn"))
            return
        with self._lock:
            self._running = job.cancel
        try:
            result = job.work(driver)
        except TransportClosed as error:
            # Status first: whoever waits for the future must not find the device Ready.
            self._set_status(Disconnected(str(error)))
            job.future.set_exception(error)
            raise
        except Exception as error:
            job.future.set_exception(error)
        else:
            job.future.set_result(result)
        finally:
            with self._lock:
                self._running = None

    def _fail_jobs_for(self, seconds: float) -> None:
        """Refuse jobs for a while: nobody should wait for a device that is not there."""
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            try:
                job = (
                    self._jobs.get(timeout=max(0.0, left)) if left > 0 else self._jobs.get_nowait()
                )
            except queue.Empty:
                return
            if job is not None and job.future.set_running_or_notify_cancel():
                job.future.set_exception(self._refusal())
            if self._closing.is_set():
                until = 0.0

    def _refusal(self) -> DeviceError:
        if self._closing.is_set():
            return Cancelled(f"{self.name} is closed")
        status = self.status()
        detail = status.detail if isinstance(status, Disconnected) else ""
        return TransportClosed(f"{self.name} is disconnected: {detail}")

    def _set_status(self, status: DeviceStatus) -> None:
        with self._lock:
            changed = type(status) is not type(self._status)
            self._status = status
        if changed:
            _log.info("%s is %s", self.name, type(status).__name__)
        if self._on_status is not None:
            with contextlib.suppress(Exception):
                self._on_status(status)
