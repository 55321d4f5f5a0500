"""Watches devices and server and posts what changed. Never on the loop's thread."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Event as Flag
from threading import Thread

from backend_client.contract import DeviceReport, Heartbeat, HeartbeatAnswer, Refusal
from devices.errors import DeviceError
from devices.status import (
    DeviceStatus,
    Disconnected,
    Faulted,
    NearEnd,
    Ready,
    is_usable,
)
from kiosk.runtime.clock import Clock
from kiosk.runtime.line import HallServer
from kiosk.session.events import (
    CardFound,
    DeviceChanged,
    Event,
    HeldCardReleased,
    ServerChanged,
)
from kiosk.session.facts import CardPlace, Device
from kiosk.session.visit import Visit

_log = logging.getLogger(__name__)

_SHORTEST_S = 0.2  # an answer cannot come quicker than the line carries it
NO_TIME = timedelta(0)
CLOCK_MAY_BE_OFF = timedelta(minutes=1)

Probe = Callable[[], DeviceStatus]
Post = Callable[[Event], None]


class DeviceWatch:
    """Asks every device how it is, each on a thread of its own, and posts DeviceChanged.

    ``find_card`` reads the slot's sensors when the slot is back: nobody knows what happened to
    its card meanwhile.
    """

    def __init__(
        self,
        probes: Mapping[Device, Probe],
        find_card: Callable[[], CardPlace],
        post: Post,
        *,
        poll_s: float,
    ) -> None:
        self._probes = dict(probes)
        self._find_card = find_card
        self._post = post
        self._poll_s = poll_s
        self._stopped = Flag()
        self._statuses: dict[Device, DeviceStatus] = {}
        self._threads = [
            Thread(target=self._watch, args=(device,), name=f"watch {device.value}", daemon=True)
            for device in self._probes
        ]

    @property
    def statuses(self) -> dict[Device, DeviceStatus]:
        """Return what each device last said of itself."""
        return dict(self._statuses)

    def start(self) -> None:
        """Begin to ask. Every device counts as usable until it says otherwise."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop asking."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def _watch(self, device: Device) -> None:
        usable = True
        while not self._stopped.is_set():
            status = _ask(device, self._probes[device])
            self._statuses[device] = status
            if is_usable(status) != usable:
                usable = is_usable(status)
                if usable and device is Device.CARD_SLOT:
                    self._tell_of_card()
                self._post(DeviceChanged(device, usable))
            self._stopped.wait(self._poll_s)

    def _tell_of_card(self) -> None:
        try:
            place = self._find_card()
        except DeviceError:
            return  # gone again; the next return asks again
        if place is not CardPlace.OUT:
            self._post(CardFound(place))


def _ask(device: Device, probe: Probe) -> DeviceStatus:
    try:
        return probe()
    except Exception as error:
        # A probe that breaks says nothing good about its device, and must not end the watch.
        _log.warning("probe of %s failed: %s", device.value, type(error).__name__)
        return Disconnected(f"{type(error).__name__}: {error}"[:200])


class ServerWatch:
    """Sends heartbeats and posts ServerChanged when they stop or begin to be answered."""

    def __init__(
        self,
        server: HallServer,
        post: Post,
        visit: Callable[[], Visit],
        statuses: Callable[[], Mapping[Device, DeviceStatus]],
        clock: Clock,
        *,
        boot: str,
        version: str,
        heartbeat_s: float,
        lost_after_s: float,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._server = server
        self._post = post
        self._visit = visit
        self._statuses = statuses
        self._clock = clock
        self._boot = boot
        self._version = version
        self._heartbeat_s = heartbeat_s
        self._lost_after_s = lost_after_s
        self._wall = wall
        self._clock_fault = ""
        self._stopped = Flag()
        self._up = True  # as the visit believes at first; corrected by the first heartbeats
        self._answered_at = clock.now()
        self._answer: HeartbeatAnswer | None = None
        self._thread = Thread(target=self._run, name="heartbeat", daemon=True)

    @property
    def answer(self) -> HeartbeatAnswer | None:
        """Return the newest answer to a heartbeat."""
        return self._answer

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Stop sending; a request under way is left to end by itself."""
        self._stopped.set()

    def _run(self) -> None:
        number = 0
        while not self._stopped.is_set():
            number += 1
            try:
                self._beat(f"{self._boot}-hb{number}")
            except Exception:
                # Without heartbeats nobody would learn that the server is lost, or back again.
                _log.exception("a heartbeat failed")
                self._tell_when_silent()
            self._stopped.wait(self._pause_s())

    def _beat(self, key: str) -> None:
        result = self._server.post(
            "/heartbeat", self._message(), HeartbeatAnswer, key=key, within_s=self._patience_s()
        )
        now = self._clock.now()
        if isinstance(result, HeartbeatAnswer):
            self._answer, self._answered_at = result, now
            self._compare_clocks(result.server_time)
            self._tell(up=True)
            if result.release_held_card:
                self._post(HeldCardReleased())
        elif isinstance(result, Refusal):
            # A server that refuses heartbeats does not serve this kiosk: revoked, or not ready.
            self._tell(up=False)
        else:
            self._tell_when_silent()

    def _tell_when_silent(self) -> None:
        if self._left_s() <= 0:
            self._tell(up=False)

    def _compare_clocks(self, server_time: datetime) -> None:
        """Note how far this kiosk's clock is off; technicians read it in the next heartbeat."""
        fault = clock_fault(self._wall() - server_time)
        if fault != self._clock_fault:
            self._clock_fault = fault
            _log.warning("the clock: %s", fault or "agrees with the server's again")

    def _left_s(self) -> float:
        """Return how long the silence may still last."""
        return self._answered_at + self._lost_after_s - self._clock.now()

    def _patience_s(self) -> float:
        """Return how long to wait for an answer: not beyond the moment of the verdict."""
        left = self._left_s()
        return self._heartbeat_s if left <= 0 else min(self._heartbeat_s, max(left, _SHORTEST_S))

    def _pause_s(self) -> float:
        """Return how long to pause: while a verdict is due, not beyond it."""
        left = self._left_s()
        return self._heartbeat_s if left <= 0 else min(self._heartbeat_s, left)

    def _tell(self, *, up: bool) -> None:
        if up != self._up and not self._stopped.is_set():
            self._up = up
            self._post(ServerChanged(up))

    def _message(self) -> Heartbeat:
        visit = self._visit()
        devices = {d.value: report_of(s) for d, s in self._statuses().items()}
        if self._clock_fault:
            devices["clock"] = DeviceReport(state="faulted", detail=self._clock_fault)
        return Heartbeat(
            phase=visit.phase.name,
            version=self._version,
            devices=devices,
            card_held=visit.card_place is CardPlace.HELD,
            resumes=True,
        )


def clock_fault(ahead: timedelta) -> str:
    """Say in whole minutes how far a clock is ahead of the server's; empty where it hardly is.

    In whole minutes, so that it is told once and not with every heartbeat anew.
    """
    if abs(ahead) <= CLOCK_MAY_BE_OFF:
        return ""
    return f"{round(abs(ahead) / timedelta(minutes=1))} min {'fast' if ahead > NO_TIME else 'slow'}"


def report_of(status: DeviceStatus) -> DeviceReport:
    """Return a status in the contract's words."""
    match status:
        case Ready(note=note):
            return DeviceReport(state="ready", detail=note)
        case NearEnd(note=note):
            return DeviceReport(state="near_end", detail=note)
        case Faulted(trouble=trouble, detail=detail):
            return DeviceReport(state="faulted", detail=f"{trouble.value} {detail}".strip()[:500])
        case Disconnected(detail=detail):
            return DeviceReport(state="disconnected", detail=detail[:500])
