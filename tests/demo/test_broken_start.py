"""A demo that cannot start leaves neither a server nor a folder behind."""

import socket
from pathlib import Path

import pytest

from demo.hall import Hall, HallFailed
from demo.stage import Stage
from kiosk.settings import ConfigError

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def servers_with(folder: Path) -> list[str]:
    """Return the command lines of living processes that keep their data in the folder."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # it ended meanwhile
            continue
        if str(folder) in command and "backend serve" in command:
            lines.append(command)
    return lines


def test_unusable_settings_close_what_was_started(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    seen: list[list[str]] = []
    enrol = Hall.enrol

    def watched(hall: Hall, kiosk: str, credential_file: Path) -> None:
        seen.append(servers_with(tmp_path))
        enrol(hall, kiosk, credential_file)

    monkeypatch.setattr(Hall, "enrol", watched)
    with pytest.raises(ConfigError):
        Stage(tmp_path / "out", extra_config="[visit.timers]\nnonsense = 1.0\n")
    assert len(seen[0]) == 1, "the server ran before the settings were read"
    assert servers_with(tmp_path) == []
    assert not list(tmp_path.glob("kiosk-demo-*"))


def test_a_server_that_cannot_serve_is_not_left_running(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        hall = Hall(tmp_path / "server", port=taken.getsockname()[1])
        with pytest.raises(HallFailed):
            hall.start()
    assert not hall.running
    assert servers_with(tmp_path) == []


def test_a_server_that_never_gets_ready_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("demo.hall.READY_WITHIN_S", 0.0)
    hall = Hall(tmp_path / "server")
    with pytest.raises(HallFailed):
        hall.start()
    assert not hall.running
    assert servers_with(tmp_path) == []
