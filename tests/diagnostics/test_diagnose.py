"""The readiness report over real drivers, emulators on ptys and the real server."""

import json
import re
import subprocess
import sys
from pathlib import Path
from threading import Event as Flag

import pytest

from demo.hall import Hall, free_port
from kiosk.diagnostics import probes
from kiosk.diagnostics.diagnose import diagnose, run_probes
from kiosk.diagnostics.probes import Probe
from kiosk.diagnostics.report import Finding, Report, State
from kiosk.settings import load_settings
from tests.runtime.machine_room import ROOT, Emulators

NAMES = [
    "card_slot",
    "endorsement_printer",
    "document_reader",
    "chip_reader",
    "receipt_printer",
    "camera",
    "server",
    "storage",
]


@pytest.fixture
def with_camera(config: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration with a folder of portraits for a camera, and little patience."""
    text = config.read_text(encoding="utf-8")
    portraits = ROOT / "assets" / "portraits"
    config.write_text(text.replace('"device:0"', f'"folder:{portraits}"'), encoding="utf-8")
    monkeypatch.setattr(probes, "OPENED_WITHIN_S", 3.0)
    return config


def by_name(report: Report) -> dict[str, Finding]:
    return {finding.name: finding for finding in report.findings}


def test_all_ready(with_camera: Path) -> None:
    report = diagnose(load_settings(with_camera))

    assert [finding.name for finding in report.findings] == NAMES
    assert {f.name: f.detail for f in report.findings if not f.ready} == {}
    assert report.ready
    assert report.to_text().endswith("all ready")


def test_one_dead_device_hides_nothing(with_camera: Path, emulators: Emulators) -> None:
    emulators.chip_reader.faults.silent = True
    emulators.receipt_printer.power_off()

    report = diagnose(load_settings(with_camera))

    not_ready = [finding.name for finding in report.findings if not finding.ready]
    assert not_ready == ["chip_reader", "receipt_printer"]
    assert by_name(report)["chip_reader"].state is State.DISCONNECTED
    assert report.to_text().endswith("NOT ready")


def test_missing_ports_and_a_dead_server_are_findings(with_camera: Path, hall: Hall) -> None:
    text = with_camera.read_text(encoding="utf-8")
    text = text.replace(hall.url, f"http://127.0.0.1:{free_port()}")
    lines = [
        f'port = "/dev/no-such-port-{number}"' if line.startswith("port =") else line
        for number, line in enumerate(text.splitlines())
    ]
    with_camera.write_text("\n".join(lines), encoding="utf-8")

    report = diagnose(load_settings(with_camera))

    states = {finding.name: finding.state for finding in report.findings}
    assert states.pop("camera") is State.READY
    assert states.pop("storage") is State.READY
    assert set(states.values()) == {State.DISCONNECTED}
    assert by_name(report)["chip_reader"].where.startswith("/dev/no-such-port-")


def test_a_wrong_credential_is_told_from_a_dead_server(with_camera: Path) -> None:
    settings = load_settings(with_camera)
    settings.server.credential_file.write_text("not-the-credential\n", encoding="ascii")

    server = by_name(diagnose(settings))["server"]

    assert server.state is State.FAULTED
    assert "not_enrolled" in server.detail


def test_the_json_form_says_the_same(with_camera: Path, emulators: Emulators) -> None:
    emulators.mrz_reader.faults.silent = True
    report = diagnose(load_settings(with_camera))
    whole = json.loads(report.to_json())
    assert whole["ready"] is False
    assert {row["name"]: row["ready"] for row in whole["findings"]} == {
        finding.name: finding.ready for finding in report.findings
    }


def test_a_probe_that_hangs_or_breaks_spoils_no_other() -> None:
    never = Flag()

    def hangs() -> tuple[State, str]:
        never.wait(20)
        return State.READY, ""

    def breaks() -> tuple[State, str]:
        raise RuntimeError("no")

    found = run_probes(
        [
            Probe("a", "", hangs),
            Probe("b", "", breaks),
            Probe("c", "", lambda: (State.READY, "")),
        ],
        within_s=0.3,
    )
    never.set()

    assert [(f.name, f.state) for f in found] == [
        ("a", State.DISCONNECTED),
        ("b", State.FAULTED),
        ("c", State.READY),
    ]
    assert "RuntimeError: no" in found[1].detail


def test_neither_the_screen_nor_the_engines_are_imported() -> None:
    code = (
        "import sys, kiosk.diagnostics.diagnose, kiosk.settings;"
        "print([m for m in ('kivy', 'kiosk.ui', 'kiosk.portrait') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_lines_can_be_logged_without_what_they_say(with_camera: Path) -> None:
    command = [sys.executable, "-m", "kiosk", "diagnose", "--traffic", "--config", str(with_camera)]

    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60).stderr

    frames = [line.split(" devices.line.")[1] for line in said.splitlines() if "line." in line]
    assert {frame.split()[0] for frame in frames} == {
        "card_printer",
        "mrz_reader",
        "chip_reader",
        "receipt_printer",
    }
    pairs = re.compile(r"\b[0-9A-F]{2}\b")
    assert all(len(pairs.findall(frame.split("..")[0])) <= 4 for frame in frames)
