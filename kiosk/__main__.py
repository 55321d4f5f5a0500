"""The kiosk's command line. Errors become one line and an exit code here, nowhere else.

Exit codes: 0 done, 1 not ready, 2 wrong use, settings or models.
"""

import argparse
import json
import logging
import signal
import sys
from pathlib import Path

from kiosk.settings import ConfigError, load_settings

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if getattr(options, "traffic", False):
        from devices.assembly import LINE_LOG
        from devices.transport import TRAFFIC

        logging.getLogger(LINE_LOG).setLevel(TRAFFIC)
    command = {"run": _run, "diagnose": _diagnose, "evaluate": _evaluate}[options.command]
    try:
        return command(options)
    except ConfigError as error:
        return _complain(str(error))
    except _Unusable as error:
        return _complain(str(error))


class _Unusable(Exception):
    """What was asked for cannot be done; the message is one line."""


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="kiosk", description="The endorsement kiosk.")
    commands = parser.add_subparsers(dest="command", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--config", type=Path, default=ROOT / "config" / "kiosk.toml")
    shared.add_argument(
        "--traffic", action="store_true", help="log each frame on the serial lines, contents masked"
    )
    commands.add_parser("run", parents=[shared], help="show the screen and serve residents")
    diagnose = commands.add_parser(
        "diagnose", parents=[shared], help="probe each device and the server on its own"
    )
    diagnose.add_argument("--json", action="store_true", help="print the report as JSON")
    evaluate = commands.add_parser("evaluate", help="measure a matcher on labelled pairs")
    evaluate.add_argument("--pairs", type=Path, required=True)
    evaluate.add_argument("--images", type=Path, required=True)
    evaluate.add_argument("--engine", default="fused")
    evaluate.add_argument("--all-impostors", action="store_true")
    evaluate.add_argument("--thresholds", type=Path, help="report.json of another run")
    evaluate.add_argument("--out", type=Path, required=True)
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace) -> int:
    settings = load_settings(options.config)
    from kiosk.app.compose import Kiosk
    from kiosk.portrait.slots import SlotError

    try:
        kiosk = Kiosk(settings)
    except SlotError as error:
        raise _Unusable(str(error)) from error
    try:
        app = kiosk.open_screen()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: app.stop())
        kiosk.run()
    finally:
        kiosk.close()
    return 0


def _diagnose(options: argparse.Namespace) -> int:
    settings = load_settings(options.config)
    from kiosk.diagnostics.diagnose import diagnose

    report = diagnose(settings)
    print(report.to_json() if options.json else report.to_text())
    return 0 if report.ready else 1


def _evaluate(options: argparse.Namespace) -> int:
    from kiosk.portrait.client import WorkerSettings
    from kiosk.portrait.evaluate import EvaluationError, evaluate
    from kiosk.portrait.slots import SlotError

    try:
        report = evaluate(
            options.pairs,
            options.images,
            options.out,
            settings=WorkerSettings(engine=options.engine),
            all_impostors=options.all_impostors,
            thresholds_file=options.thresholds,
            progress=_show_progress,
        )
    except (EvaluationError, SlotError) as error:
        raise _Unusable(str(error)) from error
    print(json.dumps(report, indent=2))
    return 0


def _show_progress(done: int, of: int) -> None:
    end = "\n" if done == of else ""
    print(f"\r{done}/{of} pictures", end=end, file=sys.stderr, flush=True)


def _complain(line: str) -> int:
    print(f"error: {line}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
