"""Say what is wrong with a deployment. Nothing is made or changed; each check stands alone."""

import ctypes
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from backend.accounts.models import SecondFactor, StaffProfile
from backend.accounts.second_factor import opens
from backend.accounts.services import has_right
from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.clock import now
from backend.config import ConfigError, load
from backend.config_models import Right
from backend.database import reach
from backend.reports.models import DayClosing

Level = Literal["error", "warning"]
LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]", "::1", "testserver"})
NEEDED_KEYS = ("secret.key", "evidence.key", "staff.key")
SEALING_KEYS = ("evidence.key", "staff.key")
SHORTEST_SECRET = 32
DISK_ERROR = 200 * 1024**2
DISK_WARNING = 2 * 1024**3
BACKUP_WITHIN = timedelta(hours=26)
CLOSED_WITHIN = timedelta(days=2)
UNSYNCHRONISED = 5
"""adjtimex(2): TIME_ERROR."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong and what to do. An error stops the hall or endangers it."""

    level: Level
    code: str
    what: str


def check_deployment() -> list[Finding]:
    """Return everything that is found; one check that fails hides no other."""
    found = [*_config(), *_hosts(), *_data(), *_keys(), *_disk(), *_time()]
    if any(one.code == "data" and one.level == "error" for one in found):
        return found
    try:
        reach()
        pending = list(_migrations())
        found += pending
        if not pending:
            for check in IN_DATABASE:
                found += check()
    except (DatabaseError, OSError) as error:
        found.append(_error("database", f"cannot be used: {str(error).splitlines()[0]}"))
    return found


def _error(code: str, what: str) -> Finding:
    return Finding("error", code, what)


def _warning(code: str, what: str) -> Finding:
    return Finding("warning", code, what)


def _config() -> Iterator[Finding]:
    try:
        load(Path(settings.CONFIG_DIR))
    except ConfigError as error:
        yield _error("config", str(error))


def _hosts() -> Iterator[Finding]:
    if settings.DEBUG:
        yield _error("debug", "DEBUG is on: pages show the server's insides to anybody")
    hosts = set(settings.ALLOWED_HOSTS)
    if "*" in hosts:
        yield _error("hosts", "every Host header is accepted; name the hall's own host names")
    if not hosts - LOCAL:
        yield _warning("hosts", "only this machine is answered; set KIOSK_SERVER_HOSTS")
    elif not settings.TLS_PROXIES:
        yield _error(
            "tls",
            "host names are set and no TLS proxy is: set KIOSK_SERVER_TLS_PROXY to its address, "
            "and let it send X-Forwarded-Proto and X-Forwarded-For",
        )
    if settings.TLS_PROXIES and not (
        settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE
    ):
        yield _error("tls", "cookies go over plain HTTP as well")
    database = connection.settings_dict
    host = str(database.get("HOST", ""))
    if connection.vendor == "postgresql" and host and not host.startswith(("/", *LOCAL)):
        mode = database.get("OPTIONS", {}).get("sslmode", "")
        if mode not in ("require", "verify-ca", "verify-full"):
            yield _error("database", f"{host} is reached in the clear: add sslmode=verify-full")


def _data() -> Iterator[Finding]:
    data = Path(settings.DATA_DIR)
    if not data.is_dir():
        yield _error("data", f"{data} is not there; --data names the server's data directory")
        return
    for path in (data, *sorted(data.iterdir())):
        status = path.stat()
        if status.st_mode & 0o077:
            yield _error("modes", f"{path} is open to others: chmod go= {path}")
        if status.st_uid != os.getuid():
            yield _error("modes", f"{path} belongs to another user than the one who checks")
    if not os.access(data, os.W_OK):
        yield _error("data", f"{data} cannot be written")


def _keys() -> Iterator[Finding]:
    data = Path(settings.DATA_DIR)
    for name in NEEDED_KEYS if data.is_dir() else ():
        path = data / name
        if not path.is_file():
            yield _error("keys", f"{path} is missing; restore it, or serve makes a new one")
            continue
        text = path.read_bytes().strip()
        if len(text) < SHORTEST_SECRET:
            yield _error("keys", f"{path} is shorter than {SHORTEST_SECRET} characters")
        elif name in SEALING_KEYS and not _is_hex_key(text):
            yield _error("keys", f"{path} is no key of 64 hexadecimal digits")


def _is_hex_key(text: bytes) -> bool:
    try:
        return len(bytes.fromhex(text.decode("ascii"))) == 32
    except ValueError:
        return False


def _disk() -> Iterator[Finding]:
    data = Path(settings.DATA_DIR)
    if not data.is_dir():
        return
    free = shutil.disk_usage(data).free
    said = f"{free / 1024**2:.0f} MiB are free for {data}"
    if free < DISK_ERROR:
        yield _error("disk", said)
    elif free < DISK_WARNING:
        yield _warning("disk", said)


def _time() -> Iterator[Finding]:
    moment = datetime.now().astimezone()
    here, hall = moment.utcoffset(), timezone.localtime(moment).utcoffset()
    if here != hall:
        zone = settings.TIME_ZONE
        yield _warning("clock", f"the system's time zone is not {zone}; its logs say another time")
    if clock_state() == UNSYNCHRONISED:
        yield _warning("clock", "the clock follows no time server: timedatectl set-ntp true")


def clock_state() -> int:
    """Return what the kernel says of its clock (adjtimex); -1 where it does not say."""
    buffer = ctypes.create_string_buffer(1024)  # struct timex, modes 0: only ask
    try:
        return int(ctypes.CDLL(None).adjtimex(buffer))
    except (OSError, AttributeError):
        return -1


def _migrations() -> Iterator[Finding]:
    path = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor == "sqlite" and not path.is_file():
        yield _error("database", f"{path} is not there; serve makes it, restore brings one back")
        return
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        first = f"{plan[0][0].app_label}.{plan[0][0].name}"
        yield _error("migrations", f"{len(plan)} are missing, the first is {first}: start serve")


def _audit() -> Iterator[Finding]:
    last = AuditEvent.objects.order_by("-seq").first()
    if last is not None and datetime.fromisoformat(last.at) > now() + timedelta(seconds=2):
        yield _error(
            "clock", f"the clock went back: the audit's event {last.seq} is later than now"
        )


def _backup() -> Iterator[Finding]:
    made = AuditEvent.objects.filter(kind=Kind.BACKUP_MADE.value).order_by("-seq").first()
    if made is None:
        yield _warning("backup", "none was ever made: python -m backend backup --out FOLDER")
    elif now() - datetime.fromisoformat(made.at) > BACKUP_WITHIN:
        yield _warning("backup", f"the last one was made at {made.at[:16]} UTC")


def _factors() -> Iterator[Finding]:
    path = Path(settings.DATA_DIR) / "staff.key"
    newest = SecondFactor.objects.order_by("-created_at").first()
    # Opening makes the key where there is none, and a broken one was told of already.
    if newest is None or not path.is_file() or not _is_hex_key(path.read_bytes().strip()):
        return
    if not opens(newest):
        yield _error("keys", f"{path} does not open the staff's second factors; restore the key")


def _days() -> Iterator[Finding]:
    last = DayClosing.objects.order_by("-day").first()
    first = AuditEvent.objects.filter(seq=1).first()
    since = last.until if last else datetime.fromisoformat(first.at) if first else now()
    if now() - since > CLOSED_WITHIN:
        yield _warning("days", f"no day was closed since {since:%Y-%m-%d}: payments unchecked")


def _accounts() -> Iterator[Finding]:
    if StaffProfile.objects.filter(demo=True, user__is_active=True).exists():
        yield _warning("accounts", "demo accounts can sign in; lock them in a real hall")
    users = list(User.objects.filter(is_active=True))
    try:
        load(Path(settings.CONFIG_DIR))
    except ConfigError:
        return  # told of already; without it nobody's rights are known
    needed = [right for right in get_args(Right) if right in ("claim", "approve", "close_day")]
    for right in needed:
        if not any(has_right(user, right) for user in users):
            yield _warning("accounts", f"nobody may {right}; python -m backend account")


IN_DATABASE: tuple[Callable[[], Iterator[Finding]], ...] = (
    _audit,
    _backup,
    _factors,
    _days,
    _accounts,
)
