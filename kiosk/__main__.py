"""The kiosk's command line. Errors become one line and an exit code here, nowhere else.

Exit codes: 0 done, 1 not ready, 2 wrong use, settings or models; 130 and 143 ended by Ctrl-C and
SIGTERM, as shells have it.
"""

import argparse
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kiosk.settings import ConfigError, load_settings

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "assets" / "models"
KNOWN_PORTRAITS = ROOT / "assets" / "portraits"


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parse(arguments)
    # OpenCV, which is loaded later, would say on stderr what it tries with each model.
    os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if getattr(options, "traffic", False):
        from devices.assembly import LINE_LOG
        from devices.transport import TRAFFIC

        logging.getLogger(LINE_LOG).setLevel(TRAFFIC)
    command = {
        "run": _run,
        "diagnose": _diagnose,
        "evaluate": _evaluate,
        "thresholds": _thresholds,
    }[options.command]
    try:
        return command(options)
    except ConfigError as error:
        return _complain(str(error))
    except _Unusable as error:
        return _complain(str(error))
    except _Stopped as stopped:
        _complain(f"stopped by {stopped.signal.name}")
        return 128 + stopped.signal


class _Unusable(Exception):
    """What was asked for cannot be done; the message is one line."""


class _Stopped(BaseException):
    """Somebody wants this to end; whoever has begun something ends it in order."""

    def __init__(self, number: int) -> None:
        self.signal = signal.Signals(number)


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM raise _Stopped, once: further ones do not disturb the ending."""

    def stop(number: int, _: object) -> None:
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise _Stopped(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is stop:
            for number, handler in before.items():
                signal.signal(number, handler)


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
    models = argparse.ArgumentParser(add_help=False)
    models.add_argument("--engine", default="fused", help="a model slot's folder")
    models.add_argument("--models", type=Path, default=MODELS, help="where the slots are")
    evaluate = commands.add_parser(
        "evaluate", parents=[models], help="measure a matcher on labelled pairs"
    )
    evaluate.add_argument("--pairs", type=Path, required=True, help="image_a, image_b, same")
    evaluate.add_argument("--images", type=Path, required=True)
    evaluate.add_argument("--all-impostors", action="store_true", help="every pair of two people")
    evaluate.add_argument("--people", type=Path, help="image, identity, if not by file name")
    evaluate.add_argument(
        "--thresholds", type=Path, help="report.json of another run, or its thresholds"
    )
    evaluate.add_argument("--out", type=Path, required=True)
    thresholds = commands.add_parser(
        "thresholds", parents=[models], help="write a slot's thresholds from an evaluation"
    )
    thresholds.add_argument("--report", type=Path, required=True, help="its report.json")
    thresholds.add_argument("--data-set", required=True, help="what was measured, in words")
    thresholds.add_argument("--date", help="when it was measured, if not today")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace) -> int:
    settings = load_settings(options.config)
    from kiosk.app.compose import Kiosk
    from kiosk.portrait.slots import SlotError
    from kiosk.runtime.data_lock import DataInUse

    try:
        kiosk = Kiosk(settings)
    except (SlotError, DataInUse) as error:
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


@_stoppable()
def _evaluate(options: argparse.Namespace) -> int:
    from kiosk.portrait.client import WorkerSettings
    from kiosk.portrait.evaluate import evaluate
    from kiosk.portrait.pairs import EvaluationError
    from kiosk.portrait.progress import Progress
    from kiosk.portrait.slots import SlotError

    bar = Progress(sys.stderr)
    try:
        report = evaluate(
            options.pairs,
            options.images,
            options.out,
            settings=WorkerSettings(models=options.models, engine=options.engine),
            all_impostors=options.all_impostors,
            thresholds_file=options.thresholds,
            people_file=options.people,
            progress=bar,
            say=_note,
        )
    except (EvaluationError, SlotError) as error:
        raise _Unusable(str(error)) from error
    finally:
        bar.close()
    print(json.dumps(report, indent=2))
    return 0


@_stoppable()
def _thresholds(options: argparse.Namespace) -> int:
    from kiosk.portrait.pairs import EvaluationError
    from kiosk.portrait.slot_file import slot_file
    from kiosk.portrait.slots import SlotError
    from kiosk.portrait.thresholds import write_thresholds

    date = options.date or datetime.now(UTC).date().isoformat()
    try:
        slot = slot_file(options.models, options.engine)
        written = write_thresholds(
            slot,
            options.report,
            data_set=options.data_set,
            date=date,
            known=KNOWN_PORTRAITS if KNOWN_PORTRAITS.is_dir() else None,
        )
    except (EvaluationError, SlotError) as error:
        raise _Unusable(str(error)) from error
    print(f"{written.count} thresholds written to {slot}. The hall's policy must name them:")
    print(f'id = "{options.engine}"\nsha256 = ["{written.model_sha256}"]')
    for fmr, score in written.thresholds.items():
        print(f"thresholds = {{ {options.engine} = {score:.6f} }}  # at FMR {fmr}")
    return 0


def _note(line: str) -> None:
    print(f"note: {line}", file=sys.stderr)


def _complain(line: str) -> int:
    print(f"error: {line}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
