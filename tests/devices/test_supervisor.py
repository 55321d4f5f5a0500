"""One owner per port: unplug, replug, cancel, close; exactly one initialise per connect."""

import threading
import time
from collections.abc import Callable

import pytest

from devices.ccid_acs.driver import AcsChipReader
from devices.ccid_acs.emulator import AcsReaderEmulator
from devices.ccid_acs.exchange import Timing
from devices.errors import Cancelled, CommandFailed, TransportClosed
from devices.interfaces import FieldPresence, Transport
from devices.mrz_reader.driver import ElyctisMrzReader
from devices.mrz_reader.emulator import ElyctisEmulator
from devices.status import Disconnected, Ready, is_usable
from devices.supervisor import Pace, Supervisor
from devices.transport import SerialTransport, open_pty

PACE = Pace(first_retry_s=0.02, longest_retry_s=0.08, poll_s=0.1)
TIMING = Timing(silence_s=0.05, command_s=0.5, status_s=0.2)


class Bench:
    """A port whose device can be unplugged and replaced; counts what reaches the driver."""

    def __init__(self) -> None:
        self.emulator: AcsReaderEmulator | None = None
        self.initialised = 0
        self.opened = 0
        self.threads: set[int] = set()

    def plug(self) -> AcsReaderEmulator:
        self.emulator = AcsReaderEmulator().start()
        return self.emulator

    def unplug(self) -> None:
        assert self.emulator is not None
        emulator, self.emulator = self.emulator, None
        emulator.stop()

    def open_line(self) -> Transport:
        self.opened += 1
        if self.emulator is None:
            raise TransportClosed("no such port")
        return SerialTransport(self.emulator.path)

    def make(self, line: Transport) -> "CountingReader":
        return CountingReader(line, self)


class CountingReader(AcsChipReader):
    def __init__(self, line: Transport, bench: Bench) -> None:
        super().__init__(line, timing=TIMING)
        self.bench = bench

    def initialise(self) -> None:
        self.bench.initialised += 1
        self.bench.threads.add(threading.get_ident())
        super().initialise()


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.005)


@pytest.fixture
def bench():
    made = Bench()
    yield made
    if made.emulator is not None:
        made.unplug()


@pytest.fixture
def supervisor(bench: Bench):
    made = Supervisor("chip reader", bench.open_line, bench.make, pace=PACE)
    yield made
    made.close()
    made.close()


def test_works_once_plugged_in(bench: Bench, supervisor: Supervisor):
    bench.plug()
    assert isinstance(supervisor.status(), Disconnected)
    supervisor.start()
    wait_for(lambda: isinstance(supervisor.status(), Ready))
    assert supervisor.submit(lambda reader: reader.presence()).result(5) is FieldPresence.EMPTY


def test_unplug_and_replug_initialise_once_each(bench: Bench, supervisor: Supervisor):
    bench.plug()
    supervisor.start()
    for connects in range(1, 5):
        wait_for(lambda: is_usable(supervisor.status()))
        assert supervisor.submit(lambda reader: reader.presence()).result(5)
        assert (supervisor.connects, bench.initialised) == (connects, connects)
        bench.unplug()
        wait_for(lambda: isinstance(supervisor.status(), Disconnected))
        bench.plug()
    wait_for(lambda: is_usable(supervisor.status()))
    assert len(bench.threads) == 1


def test_a_job_on_an_unplugged_port_fails_and_is_not_repeated(bench: Bench, supervisor: Supervisor):
    bench.plug()
    supervisor.start()
    wait_for(lambda: is_usable(supervisor.status()))
    runs: list[int] = []

    def work(reader: AcsChipReader) -> FieldPresence:
        runs.append(1)
        bench.unplug()
        return reader.presence()

    with pytest.raises(TransportClosed):
        supervisor.submit(work).result(5)
    assert isinstance(supervisor.status(), Disconnected)
    bench.plug()
    wait_for(lambda: is_usable(supervisor.status()))
    assert runs == [1]


def test_jobs_fail_at_once_while_disconnected(bench: Bench, supervisor: Supervisor):
    supervisor.start()
    started = time.monotonic()
    with pytest.raises(TransportClosed, match="no such port"):
        supervisor.submit(lambda reader: reader.presence()).result(5)
    assert time.monotonic() - started < 1


def test_retries_back_off(bench: Bench, supervisor: Supervisor):
    supervisor.start()
    time.sleep(0.5)
    # 0.02 + 0.04 + 0.08 + 0.08 ...: about eight tries; without back-off it would be 25.
    assert 3 <= bench.opened <= 12


def test_a_device_that_falls_silent_is_disconnected_and_comes_back(
    bench: Bench, supervisor: Supervisor
):
    emulator = bench.plug()
    supervisor.start()
    wait_for(lambda: is_usable(supervisor.status()))
    emulator.faults.silent = True
    wait_for(lambda: isinstance(supervisor.status(), Disconnected))
    emulator.faults.silent = False
    wait_for(lambda: is_usable(supervisor.status()))
    assert supervisor.connects == 2


def test_errors_of_a_job_reach_its_caller_and_keep_the_port(bench: Bench, supervisor: Supervisor):
    bench.plug()
    supervisor.start()
    wait_for(lambda: is_usable(supervisor.status()))
    with pytest.raises(CommandFailed):
        supervisor.submit(lambda reader: reader.connect()).result(5)
    with pytest.raises(ZeroDivisionError):
        supervisor.submit(lambda reader: 1 // 0).result(5)
    assert supervisor.submit(lambda reader: reader.presence()).result(5) is FieldPresence.EMPTY
    assert supervisor.connects == 1


def test_cancel_before_its_turn_and_while_it_runs(bench: Bench, supervisor: Supervisor):
    bench.plug()
    supervisor.start()
    wait_for(lambda: is_usable(supervisor.status()))
    cancel, running = threading.Event(), threading.Event()

    def wait(reader: AcsChipReader) -> None:
        running.set()
        reader._line.read(1, time.monotonic() + 30, cancel)

    first = supervisor.submit(wait, cancel)
    second = supervisor.submit(lambda reader: reader.presence(), cancel)
    assert running.wait(5)
    cancel.set()
    with pytest.raises(Cancelled):
        first.result(5)
    with pytest.raises(Cancelled):
        second.result(5)
    assert supervisor.submit(lambda reader: reader.presence()).result(5) is FieldPresence.EMPTY


def test_close_cancels_what_runs_and_fails_what_waits(bench: Bench, supervisor: Supervisor):
    bench.plug()
    supervisor.start()
    wait_for(lambda: is_usable(supervisor.status()))
    cancel, running = threading.Event(), threading.Event()

    def wait(reader: AcsChipReader) -> None:
        running.set()
        reader._line.read(1, time.monotonic() + 30, cancel)

    first = supervisor.submit(wait, cancel)
    second = supervisor.submit(lambda reader: reader.presence())
    assert running.wait(5)
    supervisor.close()
    for future in (first, second, supervisor.submit(lambda reader: reader.presence())):
        with pytest.raises(Cancelled):
            future.result(5)
    assert isinstance(supervisor.status(), Disconnected)


def test_a_drivers_own_mistake_does_not_end_the_owner(bench: Bench, supervisor: Supervisor):
    emulator = bench.plug()
    mistakes = [ZeroDivisionError("in initialise"), KeyError("in status")]

    class Clumsy(CountingReader):
        def initialise(self) -> None:
            if len(mistakes) == 2:
                raise mistakes.pop(0)
            super().initialise()

        def status(self):
            if mistakes:
                raise mistakes.pop()
            return super().status()

    bench.make = lambda line: Clumsy(line, bench)
    clumsy = Supervisor("clumsy", bench.open_line, bench.make, pace=PACE).start()
    wait_for(lambda: is_usable(clumsy.status()))
    assert clumsy.submit(lambda reader: reader.presence()).result(5) is FieldPresence.EMPTY
    assert not mistakes
    assert emulator.power_ons == 0
    clumsy.close()


def test_statuses_are_told():
    told: list[str] = []
    emulator = ElyctisEmulator().start()
    supervisor = Supervisor(
        "MRZ reader",
        lambda: SerialTransport(emulator.path),
        ElyctisMrzReader,
        pace=PACE,
        on_status=lambda status: told.append(type(status).__name__),
    ).start()
    emulator.document = "CSC123456788<3405204<9001011<0"
    wait_for(lambda: "Ready" in told)
    assert supervisor.submit(lambda reader: reader.read_mrz()).result(5) == emulator.document
    emulator.stop()
    wait_for(lambda: told[-1] == "Disconnected")
    supervisor.close()


def test_the_cable_is_pulled_and_put_back(tmp_path):
    """The port vanishes and comes back under its name; the device behind it stays switched on."""
    cable = open_pty(link=tmp_path / "chip-reader")
    emulator = AcsReaderEmulator(line=cable).start()
    assert emulator.path == str(tmp_path / "chip-reader")
    supervisor = Supervisor(
        "chip reader",
        lambda: SerialTransport(emulator.path),
        lambda line: AcsChipReader(line, timing=TIMING),
        pace=PACE,
    ).start()
    for connects in (1, 2, 3):
        wait_for(lambda: is_usable(supervisor.status()))
        assert supervisor.submit(lambda reader: reader.presence()).result(5) == "empty"
        assert supervisor.connects == connects
        cable.unplug()
        wait_for(lambda: isinstance(supervisor.status(), Disconnected))
        assert not (tmp_path / "chip-reader").exists()
        cable.replug()
    supervisor.close()
    emulator.stop()
    assert list(tmp_path.iterdir()) == []
