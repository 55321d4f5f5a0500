"""The hall's server as a process of its own on 127.0.0.1, with fictitious people on record."""

import contextlib
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[1]
READY_WITHIN_S = 60.0


class HallFailed(Exception):
    """The server did not start; the message holds what it said."""


@dataclass(frozen=True, slots=True)
class Login:
    """A demo account."""

    username: str
    password: str
    roles: str
    totp_secret: str


class Hall:
    """Starts ``python -m backend serve --demo`` and knows its address and logins."""

    def __init__(self, data: Path, *, port: int | None = None) -> None:
        self.data = data
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.logins: dict[str, Login] = {}
        self._said: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> "Hall":
        """Start the server and wait until it serves; nothing is left running on HallFailed."""
        self._said.clear()
        self._process = subprocess.Popen(
            self._command("serve", "--port", str(self.port), "--demo"),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        Thread(target=self._listen, args=(self._process,), daemon=True).start()
        deadline = time.monotonic() + READY_WITHIN_S
        while not self.serving:
            if not self.running or time.monotonic() > deadline:
                self.stop()
                raise HallFailed("the hall's server did not start:\n" + "\n".join(self._said))
            time.sleep(0.05)
        return self

    def enrol(self, kiosk: str, credential_file: Path) -> None:
        """Enrol a kiosk and write its credential, readable by its owner alone."""
        done = self._run("enrol", "--kiosk", kiosk)
        credential_file.parent.mkdir(parents=True, exist_ok=True)
        credential_file.touch(mode=0o600)
        credential_file.write_text(done.splitlines()[-1] + "\n", "ascii")

    def audit_ok(self) -> bool:
        """Say whether the audit chain verifies."""
        with contextlib.suppress(HallFailed):
            return self._run("verify-audit").startswith("ok")
        return False

    @property
    def running(self) -> bool:
        """Say whether the server's process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def serving(self) -> bool:
        """Say whether the server has said that it serves, and lives."""
        return self.running and any(line.startswith("ready:") for line in self._said)

    def kill(self) -> None:
        """End the server as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End the server."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _command(self, *arguments: str) -> list[str]:
        command, *rest = arguments
        return [sys.executable, "-m", "backend", command, "--data", str(self.data), *rest]

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            self._command(*arguments), cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise HallFailed(f"{arguments[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None, "it is a pipe"  # noqa: S101 - see start
        with process.stdout as said:
            for line in said:
                self._said.append(line.rstrip())
                login = re.match(r"demo login (\S+) / (\S+) \((.*)\) totp (\S+)", line)
                if login:
                    self.logins[login[1]] = Login(*login.groups())


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
