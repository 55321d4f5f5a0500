"""Our chip reading against an ICAO chip written by others: Debian's virtual smart card.

It runs as a process of its own behind our reader emulator, with an MRZ that the code has
never seen.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices.ccid_acs.remote_chip import RemoteChip
from devices.travel_document.bac import BacKey
from devices.travel_document.eep import check_digit, format_dg1_text, parse_dg1_text
from devices.travel_document.errors import AccessDenied, ChipLost
from devices.travel_document.lds import ImageFormat
from devices.travel_document.reader import open_chip
from devices.travel_document.tlv import format_tlv
from tests.devices.chip_world import make_holder, make_jpeg, make_printed, reader_on_pty

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("KIOSK_SHARED", ROOT.parent / "shared"))
PEER = SHARED / "peers" / "bac_chip.py"
PACKAGE = Path(os.environ.get("VICC_PATH", "/usr/lib/python3/site-packages/virtualsmartcard"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PEER.is_file(), reason=f"no peer program at {PEER}: set KIOSK_SHARED"),
    pytest.mark.skipif(
        not PACKAGE.is_dir(), reason="Debian package python3-virtualsmartcard is not installed"
    ),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def peer_chip(*arguments: str) -> Iterator[RemoteChip]:
    port = free_port()
    command = [sys.executable, str(PEER), *arguments, "--listen", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            started = any(line.startswith("listening") for line in process.stdout)
            assert started, "the peer ended before it listened"
            chip = RemoteChip("127.0.0.1", port)
            try:
                yield chip
            finally:
                chip.close()
        finally:
            process.terminate()


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "portrait.jpg"
    path.write_bytes(make_jpeg(9000))
    return path


def test_permit_layout(portrait: Path, tmp_path: Path):
    holder = make_holder(make_printed())
    key = holder.printed.bac_key()
    sod = format_tlv(0x77, os.urandom(1500))
    (tmp_path / "sod.bin").write_bytes(sod)
    with (
        peer_chip(
            "--mrz", format_dg1_text(holder), "--key", key.information,
            "--portrait", str(portrait), "--sod", str(tmp_path / "sod.bin"),
        ) as chip,
        reader_on_pty() as (emulator, reader),
    ):  # fmt: skip
        emulator.field.put(chip)
        session = open_chip(reader.connect(), key)
        assert session.read_com().groups == {1, 2}
        assert parse_dg1_text(session.read_dg1().mrz) == holder
        assert session.read_sod() == sod
        found = session.read_dg2()
        assert found.image == portrait.read_bytes()
        assert found.format is ImageFormat.JPEG
        assert session.answers()
        session.close()


def test_passport_layout(portrait: Path):
    """The same code reads an ordinary passport: only the MRZ's layout differs."""
    printed = make_printed()
    parts = ("L8" + printed.number[2:], printed.birth_yymmdd, "330101")
    number, birth, expiry = (part + check_digit(part) for part in parts)
    second = f"{number}D<<{birth}F{expiry}{'<' * 14}0"
    mrz = (
        "P<D<<MUSTERMANN<<ERIKA".ljust(44, "<")
        + second
        + check_digit(number + birth + expiry + "<" * 14 + "0")
    )
    with (
        peer_chip("--mrz", mrz, "--portrait", str(portrait)) as chip,
        reader_on_pty() as (emulator, reader),
    ):
        emulator.field.put(chip)
        session = open_chip(reader.connect(), BacKey(number + birth + expiry))
        assert session.read_dg1().mrz == mrz
        assert session.read_dg2().image == portrait.read_bytes()
        # This chip answers errors unprotected and ends its channel, as some real ones do.
        with pytest.raises(ChipLost):
            session.read_sod()
        assert not session.answers()
        again = open_chip(reader.connect(), BacKey(number + birth + expiry))
        assert again.read_com().groups == {1, 2}


def test_wrong_key_is_denied(portrait: Path):
    holder, other = make_holder(make_printed()), make_printed()
    with (
        peer_chip(
            "--mrz", format_dg1_text(holder), "--key", holder.printed.bac_key().information,
        ) as chip,
        reader_on_pty() as (emulator, reader),
    ):  # fmt: skip
        emulator.field.put(chip)
        with pytest.raises(AccessDenied):
            open_chip(reader.connect(), other.bac_key())
