"""The units and the proxy's configuration are taken by the programs that read them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from backend.__main__ import parse_arguments
from tests.backend.world import ROOT

SYSTEMD = ROOT / "config" / "systemd"
NGINX = ROOT / "config" / "nginx" / "hall.conf"


def nginx() -> str | None:
    """Return nginx: the system's, or the one that scripts/setup unpacked beside the environment."""
    beside = ROOT / ".venv" / "nginx" / "usr" / "sbin" / "nginx"
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or (
        str(beside) if beside.is_file() else None
    )


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="NOT TESTED: the systemd units, systemd-analyze is not installed",
)
def test_units_are_sound(tmp_path):
    for unit in SYSTEMD.iterdir():
        text = unit.read_text()
        # Here nothing is installed under /opt/hall; the programs named must only be programs.
        text = text.replace("/opt/hall/.venv/bin/python", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "hall-" in line]
    assert not ours
    assert done.returncode == 0, done.stderr


def test_every_command_that_a_unit_runs_is_one_of_the_server():
    seen = set()
    for unit in SYSTEMD.glob("*.service"):
        for command in re.findall(r"^ExecStart=\S+ -m backend (.*)$", unit.read_text(), re.M):
            seen.add(parse_arguments(command.split()).command)
    assert seen == {"serve", "backup", "check", "verify-audit"}


def test_both_files_name_the_same_address():
    port = re.search(r"--port (\d+)", (SYSTEMD / "hall-server.service").read_text())[1]
    assert f"server 127.0.0.1:{port};" in NGINX.read_text()


@pytest.mark.skipif(nginx() is None, reason="NOT TESTED: the nginx example, nginx is not installed")
def test_nginx_takes_the_example(tmp_path: Path):
    """The certificate and the log go into a temporary folder, all else is as shipped."""
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    wanted = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=hall.example",
    ]
    subprocess.run(
        ["openssl", *wanted, "-keyout", key, "-out", certificate],
        capture_output=True,
        check=True,
        timeout=60,
    )
    text = NGINX.read_text().replace("/etc/hall/tls", str(tmp_path))
    text = text.replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "hall.conf").write_text(text)
    whole = tmp_path / "nginx.conf"
    paths = "".join(
        f"{name}_temp_path {tmp_path}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole.write_text(
        f"pid {tmp_path}/pid;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}include {tmp_path}/hall.conf;\n}}\n"
    )
    done = subprocess.run(
        [nginx(), "-t", "-q", "-c", whole, "-p", tmp_path, "-e", tmp_path / "error.log"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
