"""How close a chip read comes to the time its bytes need on the serial line.

    python -m tests.benchmarks.chip

Reads COM, SOD, DG1 and DG2 (a portrait of real size) over the emulated reader at 115200 baud.
Elapsed time is compared with the wire time of the bytes that the host's own log counted in
both directions; the line is half duplex, so they add up. The way is the kiosk's own: the port's
owner thread, and every APDU handed to it from another.
"""

import json
import statistics
import time

from devices.ccid_acs.driver import AcsChipReader
from devices.ccid_acs.emulator import AcsReaderEmulator
from devices.status import is_usable
from devices.supervised import OwnedChipReader, SupervisedChipReader
from devices.supervisor import Supervisor
from devices.transport import SerialTransport, WireLog
from devices.transport.traffic import BITS_PER_BYTE
from devices.travel_document.reader import open_chip
from devices.travel_document.tlv import format_tlv
from tests.devices.chip_world import make_world

BAUD = 115200
PORTRAIT_BYTES = 12_000
SOD_BYTES = 1_700
ROUNDS = 3


def measure_chip_read() -> dict[str, float]:
    """Read a chip a few times; the figures are the median round's."""
    rounds = [_read_once() for _ in range(ROUNDS)]
    ratio = statistics.median(entry["chip_wire_ratio"] for entry in rounds)
    return next(entry for entry in rounds if entry["chip_wire_ratio"] == ratio)


def _read_once() -> dict[str, float]:
    sod = format_tlv(0x77, bytes(SOD_BYTES))
    world = make_world(portrait_bytes=PORTRAIT_BYTES, sod=sod)
    log = WireLog()
    emulator = AcsReaderEmulator(baud=BAUD).start()
    supervisor: Supervisor[SupervisedChipReader] = Supervisor(
        "chip reader",
        lambda: SerialTransport(emulator.path, baud=BAUD, traffic=log),
        AcsChipReader,
    ).start()
    try:
        _wait_until_ready(supervisor)
        emulator.field.put(world.chip)
        before, started = log.total, time.monotonic()
        session = open_chip(OwnedChipReader(supervisor).connect(), world.printed.bac_key())
        session.read_com()
        session.read_sod()
        session.read_dg1()
        portrait = session.read_dg2()
        elapsed = time.monotonic() - started
        wire_bytes = log.total - before
        session.close()
    finally:
        supervisor.close()
        emulator.stop()
    if portrait.image != world.portrait:
        raise SystemExit("the portrait was not read correctly")
    wire_s = wire_bytes * BITS_PER_BYTE / BAUD
    return {
        "chip_wire_ratio": round(elapsed / wire_s, 3),
        "chip_read_s": round(elapsed, 3),
        "chip_wire_s": round(wire_s, 3),
        "chip_wire_bytes": wire_bytes,
        "portrait_bytes": len(portrait.image),
    }


def _wait_until_ready(supervisor: Supervisor[SupervisedChipReader]) -> None:
    deadline = time.monotonic() + 10
    while not is_usable(supervisor.status()):
        if time.monotonic() > deadline:
            raise SystemExit("the emulated reader did not get ready")
        time.sleep(0.01)


def main() -> None:
    result = measure_chip_read()
    print(
        f"Read COM, SOD, DG1 and DG2 ({result['portrait_bytes']} bytes of portrait) at {BAUD} "
        f"baud in {result['chip_read_s']} s; the {result['chip_wire_bytes']} bytes need "
        f"{result['chip_wire_s']} s on the wire: {result['chip_wire_ratio']} times."
    )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
