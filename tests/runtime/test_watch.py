"""News beside the visit: devices that go and come back, a server that stops answering."""

import queue
import socket
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from backend_client.client import KioskClient
from backend_client.contract import DeviceReport, Heartbeat, HeartbeatAnswer
from demo.hall import Hall, free_port
from devices.status import DeviceStatus, Disconnected, Faulted, NearEnd, Ready, Trouble
from kiosk.runtime.clock import MonotonicClock
from kiosk.runtime.line import ClientLine, HallServer
from kiosk.runtime.watch import DeviceWatch, ServerWatch, clock_fault, report_of
from kiosk.session.events import CardFound, DeviceChanged, Event, ServerChanged
from kiosk.session.facts import CardPlace, Device
from kiosk.session.visit import Visit
from tests.runtime.machine_room import ROOT, Emulators, person, running, wait_for, wait_for_phase

Posted = queue.Queue[Event]


class Knob:
    """A device whose status a test turns."""

    def __init__(self) -> None:
        self.status: DeviceStatus = Ready()
        self.breaks = False

    def __call__(self) -> DeviceStatus:
        if self.breaks:
            raise RuntimeError("the probe itself broke")
        return self.status


@pytest.fixture
def posted() -> Posted:
    return queue.Queue()


@pytest.fixture
def slot() -> Knob:
    return Knob()


@pytest.fixture
def watch(posted: Posted, slot: Knob) -> Iterator[DeviceWatch]:
    probes = {Device.CARD_SLOT: slot, Device.CAMERA: Knob()}
    watch = DeviceWatch(probes, lambda: CardPlace.AT_GATE, posted.put, poll_s=0.01)
    watch.start()
    yield watch
    watch.stop()


@pytest.mark.usefixtures("watch")
def test_a_device_is_told_when_it_goes_and_when_it_is_back(posted: Posted, slot: Knob) -> None:
    slot.status = NearEnd("paper")  # still usable: no news
    slot.status = Faulted(Trouble.JAM)
    assert posted.get(timeout=5) == DeviceChanged(Device.CARD_SLOT, usable=False)
    slot.status = Disconnected()
    slot.status = Ready()
    assert posted.get(timeout=5) == CardFound(CardPlace.AT_GATE)
    assert posted.get(timeout=5) == DeviceChanged(Device.CARD_SLOT, usable=True)
    assert posted.empty()


@pytest.mark.usefixtures("watch")
def test_a_probe_that_breaks_is_a_lost_device(posted: Posted, slot: Knob) -> None:
    slot.breaks = True
    assert posted.get(timeout=5) == DeviceChanged(Device.CARD_SLOT, usable=False)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (Ready("v1"), "ready"),
        (NearEnd("paper"), "near_end"),
        (Faulted(Trouble.JAM, "at the gate"), "faulted"),
        (Disconnected("x" * 2000), "disconnected"),
    ],
)
def test_every_status_fits_the_contract(status: DeviceStatus, state: str) -> None:
    assert report_of(status).state == state


def test_a_dead_server_is_told_within_ten_seconds(posted: Posted) -> None:
    line = ClientLine(KioskClient(f"http://127.0.0.1:{free_port()}", "none"))
    watch = ServerWatch(
        line,
        posted.put,
        lambda: Visit("boot"),
        dict,
        MonotonicClock(),
        boot="boot",
        version="0",
        heartbeat_s=0.5,
        lost_after_s=2.0,
    )
    began = time.monotonic()
    watch.start()
    try:
        assert posted.get(timeout=10) == ServerChanged(up=False)
        assert time.monotonic() - began < 10
    finally:
        watch.stop()


class AnyServer:
    """A server that answers as a test says, each heartbeat anew."""

    def __init__(self, answers: Callable[[], HeartbeatAnswer]) -> None:
        self.beats: queue.Queue[Heartbeat] = queue.Queue()
        self._answers = answers

    def post(self, path: str, body: Heartbeat, *_: object, **__: object) -> HeartbeatAnswer:
        self.beats.put(body)
        return self._answers()


def heartbeats(server: AnyServer, post: Callable[[Event], None], **more: Any) -> ServerWatch:
    return ServerWatch(
        cast(HallServer, server),
        post,
        lambda: Visit("boot"),
        dict,
        MonotonicClock(),
        boot="boot",
        version="0",
        heartbeat_s=0.02,
        lost_after_s=0.1,
        **more,
    )


def test_heartbeats_go_on_whatever_one_of_them_met(posted: Posted) -> None:
    breaks = [True]

    def answer() -> HeartbeatAnswer:
        if breaks[0]:
            raise LookupError("the line itself broke")
        return HeartbeatAnswer(server_time=datetime.now(UTC), staff_signed_in=True)

    watch = heartbeats(AnyServer(answer), posted.put)
    watch.start()
    try:
        assert posted.get(timeout=5) == ServerChanged(up=False)
        breaks[0] = False
        assert posted.get(timeout=5) == ServerChanged(up=True)
    finally:
        watch.stop()


def test_heartbeats_say_that_this_kiosk_takes_parked_cases_up(posted: Posted) -> None:
    now = datetime.now(UTC)
    server = AnyServer(lambda: HeartbeatAnswer(server_time=now, staff_signed_in=True))
    watch = heartbeats(server, posted.put)
    watch.start()
    try:
        assert server.beats.get(timeout=5).resumes
    finally:
        watch.stop()


def test_a_wrong_clock_is_told_with_the_heartbeats_until_it_is_right(posted: Posted) -> None:
    off = [timedelta(days=-2)]

    def answer() -> HeartbeatAnswer:
        return HeartbeatAnswer(server_time=datetime.now(UTC), staff_signed_in=True)

    server = AnyServer(answer)
    watch = heartbeats(server, posted.put, wall=lambda: datetime.now(UTC) + off[0])

    def told(devices: dict[str, DeviceReport]) -> bool:
        return server.beats.get(timeout=5).devices == devices

    watch.start()
    try:
        slow = {"clock": DeviceReport(state="faulted", detail="2880 min slow")}
        wait_for("slow", lambda: told(slow))
        off[0] = timedelta(seconds=50)
        wait_for("right", lambda: told({}))
    finally:
        watch.stop()


@pytest.mark.parametrize(
    ("seconds", "said"), [(59, ""), (-60, ""), (90, "2 min fast"), (-3600, "60 min slow")]
)
def test_a_clock_is_off_beyond_a_minute(seconds: int, said: str) -> None:
    assert clock_fault(timedelta(seconds=seconds)) == said


@pytest.mark.slow
def test_a_silent_server_is_told_in_time_with_the_shipped_waits(posted: Posted) -> None:
    shipped = tomllib.loads((ROOT / "config" / "kiosk.toml").read_text("utf-8"))["server"]
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, says nothing
        line = ClientLine(KioskClient(f"http://127.0.0.1:{silent.getsockname()[1]}", "none"))
        watch = ServerWatch(
            line,
            posted.put,
            lambda: Visit("boot"),
            dict,
            MonotonicClock(),
            boot="boot",
            version="0",
            heartbeat_s=shipped["heartbeat_s"],
            lost_after_s=shipped["lost_after_s"],
        )
        began = time.monotonic()
        watch.start()
        try:
            assert posted.get(timeout=15) == ServerChanged(up=False)
            took = time.monotonic() - began
            assert shipped["lost_after_s"] <= took < shipped["lost_after_s"] + 1.0 < 10.0
        finally:
            watch.stop()


def test_out_of_service_and_back_by_itself(
    config: Path, emulators: Emulators, tmp_path: Path
) -> None:
    with running(config) as room:
        runtime = room.kiosk.runtime
        wait_for_phase(runtime, "attract")
        emulators.card_printer.power_off()
        wait_for_phase(runtime, "out_of_service")
        wait_for("slot lost", lambda: Device.CARD_SLOT in runtime.visit.lost)
        emulators.card_printer.power_on()
        wait_for_phase(runtime, "attract")

        # and it serves again
        assert emulators.bay.insert(person("normal").card)
        wait_for("read", lambda: runtime.visit.phase.name == "offers")


@pytest.mark.slow
def test_a_server_that_dies_and_returns(config: Path, own_hall: Hall) -> None:
    with running(config) as room:
        runtime = room.kiosk.runtime
        wait_for("attract", lambda: runtime.visit.phase.name == "attract")
        own_hall.kill()
        began = time.monotonic()
        wait_for("lost", lambda: not runtime.visit.server_up, 15)
        assert time.monotonic() - began < 10
        assert runtime.visit.phase.name == "out_of_service"
        own_hall.start()
        wait_for("back", lambda: runtime.visit.phase.name == "attract")
