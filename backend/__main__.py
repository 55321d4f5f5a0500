"""The server's command line. Errors become one line and an exit code here, nowhere else.

Exit codes: 0 done, 1 the thing asked about is not so (a broken chain), 2 wrong use or settings.
"""

import argparse
import os
import sys
from pathlib import Path

from backend.operations.arguments import UNTOUCHED, add_commands
from backend.secrets_store import ensure_secret

ROOT = Path(__file__).resolve().parents[1]


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="backend", description="The hall's server.")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", type=Path, default=ROOT / "var" / "server")
    shared.add_argument("--config", type=Path, default=ROOT / "config" / "server")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", parents=[shared], help="migrate and serve")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, required=True)
    serve.add_argument("--processes", type=int, choices=range(1, 65), default=1, metavar="N")
    serve.add_argument("--demo", action="store_true", help="put fictitious people on record")
    enrol = commands.add_parser("enrol", parents=[shared], help="print a kiosk's credential")
    enrol.add_argument("--kiosk", required=True)
    enrol.add_argument("--name", default="", help="what the hall calls it, if not by its number")
    enrol.add_argument("--out", type=Path, help="write it there instead, readable by you only")
    revoke = commands.add_parser("revoke", parents=[shared], help="take a credential away")
    revoke.add_argument("--kiosk", required=True)
    demo = commands.add_parser("demo-data", parents=[shared], help="fictitious people, accounts")
    demo.add_argument("--demo", action="store_true", help="print the demo accounts' passwords")
    account = commands.add_parser("account", parents=[shared], help="create or reset an account")
    account.add_argument("--username", required=True)
    account.add_argument("--role", action="append", required=True)
    account.add_argument("--desk", default="")
    add_commands(commands, shared)
    return parser.parse_args(arguments)


def start_django(options: argparse.Namespace) -> None:
    """Start Django on this data directory, which is made with its key where there is none."""
    data: Path = options.data.resolve()
    os.umask(0o077)
    os.environ["KIOSK_SERVER_DATA"] = str(data)
    os.environ["KIOSK_SERVER_CONFIG"] = str(options.config.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "backend.settings"
    if options.command not in UNTOUCHED:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        ensure_secret(data / "secret.key")
    import django

    django.setup()


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parse_arguments(arguments)
    try:
        start_django(options)
        from backend import commands
        from backend.config import ConfigError
        from backend.operations.failure import UsageError
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        return commands.run(options)
    except (ConfigError, UsageError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
