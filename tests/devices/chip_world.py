"""What the chip tests share: a fictitious holder, a chip for them, a reader on a line."""

import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PIL import Image

from devices.ccid_acs.driver import AcsChipReader
from devices.ccid_acs.emulator import AcsReaderEmulator
from devices.ccid_acs.exchange import Timing
from devices.rig.chip import ChipQuirks, EepChip
from devices.rig.chip_files import make_files
from devices.transport import SerialTransport, loopback
from devices.travel_document.eep import Holder, PrintedMrz

QUICK = Timing(silence_s=0.08, command_s=2.0, status_s=0.5)


def make_jpeg(target_bytes: int, seed: int = 1) -> bytes:
    """A portrait-shaped JPEG of about this size: smooth shapes with grain, as photographs are."""
    noise = np.random.default_rng(seed).integers(0, 256, (64, 48, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((360, 480), Image.Resampling.BICUBIC)
    best = b""
    for quality in range(5, 96, 5):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality)
        best = out.getvalue()
        if len(best) >= target_bytes:
            break
    return best


def make_printed(seed: int | None = None) -> PrintedMrz:
    """A printed line of nobody: random number, birth and expiry."""
    rng = random.Random(seed)
    number = "C" + rng.choice("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ") + f"{rng.randrange(10**7):07}"
    birth = f"{rng.randrange(100):02}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"
    expiry = f"{rng.randrange(27, 37):02}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"
    return PrintedMrz(number, expiry, birth)


def make_holder(printed: PrintedMrz) -> Holder:
    return Holder(printed, "李晓明", "LI", "XIAOMING", sex="F", birthplace="GD")


@dataclass
class ChipWorld:
    printed: PrintedMrz
    holder: Holder
    portrait: bytes
    sod: bytes | None
    chip: EepChip


def make_world(
    *,
    portrait_bytes: int = 3000,
    sod: bytes | None = None,
    quirks: ChipQuirks | None = None,
    master_files: dict[int, bytes] | None = None,
) -> ChipWorld:
    printed = make_printed()
    holder = make_holder(printed)
    portrait = make_jpeg(portrait_bytes)
    chip = EepChip(
        printed.bac_key().information,
        make_files(holder, portrait, sod),
        quirks=quirks,
        master_files=master_files,
    )
    return ChipWorld(printed, holder, portrait, sod, chip)


@contextmanager
def reader_on_pty() -> Iterator[tuple[AcsReaderEmulator, AcsChipReader]]:
    emulator = AcsReaderEmulator().start()
    line = SerialTransport(emulator.path)
    try:
        yield emulator, AcsChipReader(line)
    finally:
        line.close()
        emulator.stop()


@contextmanager
def reader_on_loopback(
    timing: Timing = QUICK, wrap=lambda line: line
) -> Iterator[tuple[AcsReaderEmulator, AcsChipReader]]:
    host, device = loopback()
    emulator = AcsReaderEmulator(line=device).start()
    try:
        yield emulator, AcsChipReader(wrap(host), timing=timing)
    finally:
        host.close()
        emulator.stop()
