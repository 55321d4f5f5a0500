"""The operator's commands on the command line. Knows nothing of Django: it is not started yet."""

import argparse
from pathlib import Path

UNTOUCHED = frozenset({"check", "restore"})
"""Commands that come before keys are made and the database is brought up to date."""


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser
) -> None:
    """Add the operator's commands to the command line."""
    verify = commands.add_parser("verify-audit", parents=[shared], help="verify the chain")
    verify.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="SEQ:HASH",
        help="a head kept elsewhere that the chain must contain; closed days' heads are known",
    )
    export = commands.add_parser("audit-export", parents=[shared], help="write the chain to a file")
    export.add_argument("--out", type=Path, required=True)
    export.add_argument("--after", type=int, default=0, metavar="SEQ", help="events after this one")
    held = commands.add_parser("held", parents=[shared], help="show what is held about a card")
    held.add_argument("card")
    held.add_argument("--json", action="store_true")
    backup = commands.add_parser("backup", parents=[shared], help="back up the running server")
    backup.add_argument("--out", type=Path, required=True, help="a file, or a folder to add one to")
    backup.add_argument("--keep", type=int, help="delete all but the newest N in the folder")
    keys = commands.add_parser("backup-keys", parents=[shared], help="copy the keys, by themselves")
    keys.add_argument("--out", type=Path, required=True)
    restore = commands.add_parser("restore", parents=[shared], help="put a backup in place")
    restore.add_argument("file", type=Path)
    restore.add_argument("--keys", type=Path, help="what backup-keys wrote")
    restore.add_argument("--replace", action="store_true", help="in place of what is there now")
    check = commands.add_parser("check", parents=[shared], help="say what is wrong here")
    check.add_argument("--json", action="store_true")
