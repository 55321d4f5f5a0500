"""A hall's server as a process of its own, and a kiosk that speaks the contract to it."""

import io
import json
import re
import secrets
import subprocess
import sys
import threading
from pathlib import Path

import requests
from PIL import Image

from backend_client.contract import (
    API_PREFIX,
    CaseRequest,
    CaseView,
    LivenessReport,
    MatchReport,
    MeasureReport,
    ReferencesScore,
    ScoreReport,
    TryReport,
    picture,
)
from tests.backend.world import DATABASES, environment_of

ROOT = Path(__file__).resolve().parents[3]
READY = re.compile(r"ready: (\S+)")
LOGIN = re.compile(r"demo login (\S+) / (\S+) .* totp (\S+)")
PASSWORD = re.compile(r"password (\S+)")


CLOSE_ALL = """
import django
django.setup()
from django.db import transaction
from backend.cases.models import Case, IsOpen
from backend.live.services import bump
with transaction.atomic():
    Case.objects.filter(IsOpen()).update(stage="closed")
    bump()
"""


class HallServer:
    """``python -m backend serve --demo`` on a free port, with its accounts and one kiosk."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.accounts: dict[str, str] = {}
        self.authenticators: dict[str, str] = {}
        self.url = ""
        self._errors = data / "errors.log"
        DATABASES.lay(data)
        with self._errors.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "backend", "serve", "--data", data, "--port", "0", "--demo"],
                cwd=ROOT,
                env=environment_of(data),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._read_until_ready()
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._drain, daemon=True)
        self._reader.start()
        self.accounts["clerk2"] = self._password(
            "account", "--username", "clerk2", "--role", "clerk"
        )
        self.kiosk = Kiosk(self.url, self.run("enrol", "--kiosk", "K3").strip().splitlines()[-1])

    def run(self, *command: str) -> str:
        """Run one command of the server beside it."""
        return subprocess.run(
            [sys.executable, "-m", "backend", command[0], "--data", self.data, *command[1:]],
            cwd=ROOT,
            env=environment_of(self.data),
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def audit(self) -> list[dict[str, str]]:
        """Return the audit's events as rows."""
        script = (
            "import django, json; django.setup();"
            "from backend.audit.models import AuditEvent;"
            "print(json.dumps(list(AuditEvent.objects.order_by('seq')"
            ".values('kind', 'actor', 'subject', 'facts'))))"
        )
        rows: list[dict[str, str]] = json.loads(self._script(script))
        return rows

    def put_record_portrait(self, card_number: str, data: bytes) -> None:
        """Put a portrait on record for the holder of a card."""
        script = (
            "import django, sys; django.setup();"
            "from backend.records.models import Permit;"
            "from backend.evidence.services import seal;"
            f"r = Permit.objects.get(card_number='{card_number}').resident;"
            "r.portrait = seal(sys.stdin.buffer.read()); r.save()"
        )
        self._script(script, data)

    def close_all(self) -> None:
        """Close all open cases, as if they had been worked through."""
        self._script(CLOSE_ALL)

    def stop(self) -> str:
        """Stop the server; return what it wrote to its error stream."""
        self._process.terminate()
        self._process.wait(10)
        self._reader.join(5)
        self._process.stdout.close()
        return self._errors.read_text()

    def _script(self, script: str, data: bytes = b"") -> str:
        environment = {
            **environment_of(self.data),
            "KIOSK_SERVER_DATA": str(self.data),
            "KIOSK_SERVER_CONFIG": str(ROOT / "config" / "server"),
            "DJANGO_SETTINGS_MODULE": "backend.settings",
        }
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env=environment,
            input=data,
            check=True,
            capture_output=True,
        )
        return done.stdout.decode()

    def _password(self, *command: str) -> str:
        return PASSWORD.search(self.run(*command))[1]

    def _read_until_ready(self) -> None:
        for line in self._process.stdout:
            if login := LOGIN.search(line):
                self.accounts[login[1]] = login[2]
                self.authenticators[login[1]] = login[3]
            if ready := READY.search(line):
                self.url = ready[1]
                return
        raise RuntimeError(f"the server did not start: {self._errors.read_text()}")

    def _drain(self) -> None:
        for line in self._process.stdout:
            self._lines.append(line)


class Kiosk:
    """Speaks the kiosks' API as a kiosk does."""

    def __init__(self, url: str, credential: str) -> None:
        self._url = url + API_PREFIX
        self._headers = {"Authorization": f"Bearer {credential}"}

    def post(self, path: str, message=None) -> requests.Response:
        """Send a message."""
        body = message.model_dump_json() if message is not None else "{}"
        headers = {
            **self._headers,
            "Idempotency-Key": secrets.token_hex(8),
            "Content-Type": "application/json",
        }
        answer = requests.post(self._url + path, data=body, headers=headers, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer

    def escalate(self, reason="portrait_not_matched", **fields) -> CaseView:
        """Put a session before a person."""
        known = {
            "id": f"case-{secrets.token_hex(6)}",
            "visit_id": f"visit-{secrets.token_hex(4)}",
            "language": "zh-Hans",
            "phase": "compare",
        }
        request = CaseRequest(reason=reason, **{**known, **fields})
        return CaseView.model_validate_json(self.post("/cases", request).content)

    def case(self, case_id: str) -> CaseView:
        """Look at a case as the kiosk does."""
        answer = requests.get(
            f"{self._url}/cases/{case_id}?wait_s=0", headers=self._headers, timeout=10
        )
        assert answer.status_code == 200, answer.text
        return CaseView.model_validate_json(answer.content)


def portrait(shade: int) -> bytes:
    """Return a picture whose bytes are its own."""
    out = io.BytesIO()
    Image.radial_gradient("L").point(lambda value: (value + shade) % 256).convert("RGB").save(
        out, "JPEG"
    )
    return out.getvalue()


LIVE, CHIP, RECORD = (portrait(shade) for shade in (10, 90, 170))
CARD = "C12345678"
MEASURES = (
    ("faces", 1, "faces", 1, 1),
    ("detector_score", 0.934, "score", 0.9, None),
    ("eye_distance", 131.4, "px", 45, None),
    ("face_width", 0.412, "of short side", None, 0.8),
    ("centre_offset", 0.06, "of frame", None, 0.25),
    ("yaw", -0.052, "eye distances", -0.2, 0.2),
    ("roll", -3.24, "degrees", -10, 10),
    ("face_grey", 131, "grey level", 60, 200),
    ("overexposed", 0.001, "of face", None, 0.05),
    ("sharpness", 118.2, "variance", 40, None),
    ("scene_grey", 96, "grey level", 30, None),
)
"""All that the portrait engine reports of a good capture."""


def mismatch(**fields) -> dict[str, object]:
    """Return the evidence of a visit whose record portrait is another person's."""
    report = MatchReport(
        matched=False,
        tries=2,
        model="sface-dlib-fused",
        model_sha256="0" * 64,
        cause="reference",
        scores=(
            ScoreReport(reference="chip", engine="sface", score=0.61, threshold=0.43),
            ScoreReport(reference="record", engine="sface", score=0.21, threshold=0.43),
        ),
        measures=tuple(
            MeasureReport(name=name, value=value, unit=unit, low=low, high=high)
            for name, value, unit, low, high in MEASURES
        ),
        between=ReferencesScore(score=0.18, threshold=0.43),
    )
    last = TryReport(
        matched=False,
        cause="reference",
        reason="references_disagree",
        figures={"chip_record": 0.18, "threshold": 0.43},
        model=report.model,
        model_sha256=report.model_sha256,
        scores=report.scores,
        measures=report.measures,
        frames=(12, 21, 30, 38, 47),
        liveness=LivenessReport(
            outcome="passed", moves=("turn_left", "come_closer"), measures=report.measures[:1]
        ),
    )
    first = last.model_copy(
        update={"reason": "dark", "cause": "machine", "scores": (), "liveness": None, "frames": ()}
    )
    evidence = {
        "tries": (first, last),
        "card_number": CARD,
        "card_inside": True,
        "match": report,
        "live_portrait": picture(LIVE),
        "chip_portrait": picture(CHIP),
    }
    return {**evidence, **fields}


def dg1(card_number: str, born: str, valid_until: str) -> bytes:
    """Return DG1 of a permit as its chip holds it; dates are YYMMDD."""
    parts = (card_number, valid_until, born)
    checked = [part + _check_digit(part) for part in parts]
    composite = _check_digit("".join(checked))
    line = f"CS{checked[0]}<{checked[1]}<{checked[2]}<{composite}"
    text = (line + "<" * 60).encode()
    mrz = b"\x5f\x1f" + bytes([len(text)]) + text
    return b"\x61" + bytes([len(mrz)]) + mrz


def _check_digit(text: str) -> str:
    return str(sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10)
