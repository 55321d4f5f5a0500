"""A hall for tests: a data directory with a real database, people, kiosks and requests.

The database is a SQLite file in the directory, or one of its own in the PostgreSQL that
DATABASE_URL names (``python -m tests.backend.postgresql`` starts one for a run).
"""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = Path(tempfile.mkdtemp(prefix="hall-tests-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
os.environ["DJANGO_SETTINGS_MODULE"] = "backend.settings"
os.environ["KIOSK_SERVER_DATA"] = str(SCRATCH)
SERVER_URL = os.environ.get("DATABASE_URL", "")
ON_POSTGRESQL = SERVER_URL.startswith("postgresql:")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from backend.accounts.presence import touch_presence  # noqa: E402
from backend.accounts.services import NewAccount, create_account  # noqa: E402
from backend.config import hall  # noqa: E402
from backend.evidence.services import seal  # noqa: E402
from backend.fleet.models import Kiosk  # noqa: E402
from backend.fleet.services import enrol  # noqa: E402
from backend.records.models import Permit, Resident  # noqa: E402
from backend_client import contract as c  # noqa: E402
from tests.backend.databases import Databases  # noqa: E402
from tests.backend.pictures import jpeg as jpeg  # noqa: E402

# Slow hashes are for passwords that somebody may try to guess, not for a test's accounts.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

DATABASES = Databases(SERVER_URL if ON_POSTGRESQL else "", SCRATCH)
T = TypeVar("T")
CARD = "C12345678"
BORN = date(1990, 1, 1)
EXPIRY = date(2034, 5, 20)


def check_digit(text: str) -> str:
    weights = (7, 3, 1)
    values = [0 if sign == "<" else int(sign, 36) for sign in text]
    return str(sum(value * weights[i % 3] for i, value in enumerate(values)) % 10)


def make_dg1(card: str = CARD, expiry: date = EXPIRY, born: date = BORN) -> bytes:
    """Build DG1 as the chip of this kind of card holds it (facts: domain.md)."""
    until, birth = f"{expiry:%y%m%d}", f"{born:%y%m%d}"
    body = card + check_digit(card) + until + check_digit(until) + birth + check_digit(birth)
    line1 = (
        f"CS{card}{check_digit(card)}<{until}{check_digit(until)}<{birth}{check_digit(birth)}<"
        f"{check_digit(body)}"
    )
    line2 = "MBAAMBAAMBAA" + "LIN<<XIAOLAN".ljust(18, "<")
    text = (line1 + line2 + "F".ljust(30, "<")).encode()
    assert len(text) == 90
    inner = b"\x5f\x1f" + bytes([len(text)]) + text
    return b"\x61" + bytes([len(inner)]) + inner


def proof(card: str = CARD, **facts: date) -> c.ChipProof:
    return c.ChipProof(dg1=c.picture(make_dg1(card, **facts)), sod=c.picture(b"\x77\x01\x00"))


def match_report(score: float = 9.0, references: tuple[str, ...] = ("chip", "record")):
    """Return a match as a kiosk reports it, by a model that policy lists."""
    model = hall().policy.match.models[0]
    return c.MatchReport(
        matched=True,
        tries=1,
        model=model.id,
        model_sha256=model.sha256[0],
        scores=tuple(
            c.ScoreReport(reference=reference, engine="fused", score=score, threshold=0.1)
            for reference in references
        ),
    )


def liveness(outcome: str = "passed", why: str = "") -> c.LivenessReport:
    """Return what a kiosk reports of a challenge."""
    done = c.MeasureReport(name="liveness_moves", value=1.0, unit="of moves", low=1.0, high=None)
    return c.LivenessReport(
        outcome=outcome, why=why, moves=("turn_left", "come_closer"), measures=(done,)
    )


def try_report(reason: str = "", **fields: object) -> c.TryReport:
    """Return one capture as a kiosk reports it; with a ``reason`` it did not match."""
    match = match_report(score=3.0 if reason else 9.0)
    return c.TryReport.model_validate(
        {
            "matched": not reason,
            "reason": reason,
            "model": match.model,
            "model_sha256": match.model_sha256,
            "scores": match.scores,
            "frames": (3, 9, 14),
            **fields,
        }
    )


def soon() -> str:
    """Return a moment ten minutes from now, as JSON writes it."""
    return (timezone.now() + timedelta(minutes=10)).isoformat()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fresh_database(directory: Path) -> None:
    """Point Django at a new, migrated database of ``directory``."""
    DATABASES.point_at_new(directory)
    settings.DATA_DIR = directory
    settings.EVIDENCE_KEY_FILE = directory / "evidence.key"


def environment_of(data: Path) -> dict[str, str]:
    """Return what a process of this data directory's server needs in its environment."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KIOSK_SERVER_")}
    url = DATABASES.url_of(data)
    return {**kept, "DATABASE_URL": url} if url else kept


def add_resident(card: str = CARD, *, portrait: bytes | None = b"", **fields: object) -> Permit:
    """Put a person with a permit on record; ``portrait=None`` leaves the portrait out."""
    permit_fields = {
        name: fields.pop(name) for name in ("valid_until", "booklet", "cancelled") if name in fields
    }
    picture = None if portrait is None else seal(portrait or jpeg())
    person = Resident.objects.create(
        **{
            "name_zh": "林晓岚",
            "surname": "LIN",
            "given": "XIAOLAN",
            "sex": "F",
            "born": BORN,
            "city": "广州",
            "portrait": picture,
            **fields,
        }
    )
    return Permit.objects.create(
        card_number=card,
        resident=person,
        **{"valid_until": timezone.localdate() + timedelta(days=2000), **permit_fields},
    )


def add_kiosk(kiosk_id: str = "3") -> Kiosk:
    enrol(kiosk_id)
    return Kiosk.objects.get(id=kiosk_id)


def add_staff(name: str, *roles: str, desk: str = "") -> User:
    user = create_account(NewAccount(name, f"password of {name}", name, roles or (name,), desk))
    touch_presence(user)
    return user


def case_request(case_id: str = "case-1", **fields: object) -> c.CaseRequest:
    return c.CaseRequest.model_validate(
        {
            "id": case_id,
            "visit_id": "visit-1",
            "reason": "portrait_not_matched",
            "language": "en",
            "phase": "compare",
            "card_number": CARD,
            "offer_code": "G-HKG-3M-1",
            "card_inside": True,
            **fields,
        }
    )


def at_once(count: int, work: Callable[[int], T]) -> list[T | Exception]:
    """Run ``work`` in real threads that start together, each with its own connection."""
    gate = threading.Barrier(count)
    results: list[T | Exception] = [RuntimeError("not run")] * count

    def run(number: int) -> None:
        try:
            gate.wait(10)
            results[number] = work(number)
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@dataclass(frozen=True)
class Served:
    """A server process and where it listens."""

    process: subprocess.Popen[str]
    url: str
    data: Path


@contextmanager
def served(data: Path, *extra: str, port: int = 0) -> Iterator[Served]:
    """Run the real server on a data directory until the block ends."""
    command = [sys.executable, "-m", "backend", "serve", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen(
        [*command, *extra], cwd=ROOT, env=environment_of(data), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("ready: "):
                break
        else:
            raise AssertionError(f"the server ended with {process.wait()}")
        yield Served(process, line.removeprefix("ready: ").strip(), data)
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
