"""The printer under its supervisor: power lost and back, line and all."""

import time
from collections.abc import Callable
from threading import Event

from devices.interfaces import BackLine, CardPosition, PrintOutcome
from devices.rig.card_back import back_text
from devices.rig.world import Bay
from devices.sanwa_crp1231 import SanwaEmulator, SanwaPrinter
from devices.status import DeviceStatus, Disconnected, Ready
from devices.supervisor import Pace, Supervisor
from devices.transport import SerialTransport
from tests.devices.sanwa.conftest import QUICK, SHORT_WAITS, blank_card


def wait_for(holds: Callable[[], bool], timeout_s: float = 8.0) -> bool:
    until = time.monotonic() + timeout_s
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    return holds()


def test_device_comes_back_after_a_loss_of_power_and_prints_the_whole_back() -> None:
    bay = Bay()
    emulator = SanwaEmulator(bay, durations=QUICK).start()
    seen: list[DeviceStatus] = []
    supervisor = Supervisor(
        "card printer",
        lambda: SerialTransport(emulator.path, baud=9600),
        lambda line: SanwaPrinter(line, timing=SHORT_WAITS),
        pace=Pace(first_retry_s=0.05, longest_retry_s=0.2, poll_s=0.1),
        on_status=seen.append,
    ).start()
    try:
        assert wait_for(lambda: isinstance(supervisor.status(), Ready))
        card = blank_card()
        bay.insert(card)
        cancel = Event()
        assert supervisor.submit(lambda p: p.take_in(cancel), cancel).result(5) is True
        emulator.power_off()
        assert wait_for(lambda: isinstance(supervisor.status(), Disconnected))
        emulator.power_on()
        assert wait_for(lambda: isinstance(supervisor.status(), Ready))
        assert supervisor.submit(lambda p: p.position()).result(5) is CardPosition.INSIDE
        lines = (BackLine("往来香港签注"),)
        result = supervisor.submit(lambda p: p.rewrite(lines)).result(10)
        assert result.outcome is PrintOutcome.PRINTED
        assert back_text(card) == "往来香港签注"
        assert supervisor.connects == 2
    finally:
        supervisor.close()
        emulator.stop()


def test_waiting_for_a_card_is_cancelled_by_the_supervisor_that_closes() -> None:
    emulator = SanwaEmulator(Bay(), durations=QUICK).start()
    supervisor = Supervisor(
        "card printer",
        lambda: SerialTransport(emulator.path, baud=9600),
        lambda line: SanwaPrinter(line, timing=SHORT_WAITS),
    ).start()
    try:
        assert wait_for(lambda: isinstance(supervisor.status(), Ready))
        cancel = Event()
        future = supervisor.submit(lambda p: p.take_in(cancel), cancel)
        time.sleep(0.1)
        supervisor.close()
        assert future.result(1) is False
    finally:
        supervisor.close()
        emulator.stop()
