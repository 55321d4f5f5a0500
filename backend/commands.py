"""What the command line does, once Django is started."""

import argparse
import os
import re
import secrets
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from backend.accounts.second_factor import ensure_staff_key
from backend.accounts.services import NewAccount, create_account
from backend.config import hall
from backend.demo.seed import ensure_accounts, seed
from backend.evidence.services import ensure_evidence_key
from backend.fleet.models import LONGEST_NAME
from backend.fleet.services import enrol, revoke
from backend.operations.arguments import UNTOUCHED
from backend.operations.commands import COMMANDS, say
from backend.operations.failure import UsageError
from backend.operations.lock import hold

KIOSK = re.compile(r"[A-Za-z0-9_-]{1,16}")


def run(options: argparse.Namespace) -> int:
    """Check the configuration, bring the database up to date, and run the command."""
    if options.command in UNTOUCHED:
        return COMMANDS[options.command](options)
    hall()
    ensure_evidence_key()
    ensure_staff_key()
    _bring_up_to_date()
    own = {
        "serve": _serve,
        "enrol": _enrol,
        "revoke": _revoke,
        "demo-data": _demo,
        "account": _account,
    }
    return {**own, **COMMANDS}[options.command](options)


def _bring_up_to_date() -> None:
    """Migrate where there is something to migrate; running it for nothing takes longer."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)


def _serve(options: argparse.Namespace) -> int:
    lock = hold(Path(settings.DATA_DIR), alone=False)
    if lock is None:
        raise UsageError(f"--data: a backup is being restored into {settings.DATA_DIR}")
    if options.demo:
        _seed()
        _say_accounts()
    # Only here: every other command would load a web server to say one line.
    from backend.serving import serve

    with lock:
        return serve(options.host, options.port, options.processes, say)


def _enrol(options: argparse.Namespace) -> int:
    _check_kiosk(options.kiosk)
    if len(options.name) > LONGEST_NAME:
        raise UsageError(f"--name: at most {LONGEST_NAME} characters")
    if options.out is None:
        say(enrol(options.kiosk, options.name))
        return 0
    out: Path = options.out
    fresh = out.with_name(f"{out.name}.new")
    try:
        # The file comes first: a credential that could not be kept would end the one in use.
        out.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            os.fchmod(file.fileno(), 0o600)  # one left over by a power cut may be anyone's
            file.write(enrol(options.kiosk, options.name) + "\n")
        fresh.replace(out)
    except OSError as error:
        raise UsageError(f"--out: {out} cannot be written: {error.strerror}") from error
    say(f"kiosk {options.kiosk}: credential in {out}")
    return 0


def _revoke(options: argparse.Namespace) -> int:
    _check_kiosk(options.kiosk)
    if revoke(options.kiosk):
        say(f"kiosk {options.kiosk}: credential revoked")
        return 0
    say(f"kiosk {options.kiosk}: no such kiosk, or revoked already")
    return 1


def _check_kiosk(kiosk_id: str) -> None:
    if not KIOSK.fullmatch(kiosk_id):
        raise UsageError("--kiosk: 1 to 16 letters, digits, - or _ are allowed")


def _demo(options: argparse.Namespace) -> int:
    _seed()
    ensure_accounts()
    if options.demo:
        _say_accounts()
    return 0


def _seed() -> None:
    for line in seed():
        say(line)


def _say_accounts() -> None:
    for account in ensure_accounts():
        roles = ", ".join(account.roles)
        say(
            f"demo login {account.username} / {account.password} ({roles}) "
            f"totp {account.totp_secret}"
        )


def _account(options: argparse.Namespace) -> int:
    unknown = set(options.role) - set(hall().policy.roles)
    if unknown:
        allowed = ", ".join(hall().policy.roles)
        raise UsageError(f"--role: {', '.join(sorted(unknown))}; allowed: {allowed}")
    password = secrets.token_urlsafe(12)
    roles = tuple(options.role)
    create_account(NewAccount(options.username, password, options.username, roles, options.desk))
    say(f"{options.username}: password {password}")
    return 0
