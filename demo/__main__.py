"""``python -m demo``: with a display a window to touch; without one, four visits by script."""

import argparse
import logging
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Play the demo and return an exit code."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "demo")
    parser.add_argument("--size", default="1080x1920", help="of the screen, WIDTHxHEIGHT")
    parser.add_argument("--script", action="store_true", help="play by script with a display too")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    width, height = (int(part) for part in options.size.split("x"))
    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if display and not options.script:
        return _touch(options.out, (width, height))
    return _script(options.out, (width, height))


def _script(out: Path, size: tuple[int, int]) -> int:
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    from demo.record import VisitRecord
    from demo.script import ScriptFailed, play, shortfalls
    from demo.stage import Stage

    print("demo: starting the hall's server, the emulated machine and the kiosk")
    stage = Stage(out, size=size)
    records: list[VisitRecord] = []
    try:
        stage.run(lambda: records.extend(play(stage)))
    except ScriptFailed as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    finally:
        stage.close()
    print((out / "summary.json").read_text("utf-8"))
    wrong = shortfalls(records)
    if wrong:
        print("\n".join(f"demo: {what}" for what in wrong), file=sys.stderr)
        return 1
    print(f"demo: four visits played; pictures, receipts and card backs are in {out}")
    return 0


def _touch(out: Path, size: tuple[int, int]) -> int:
    from demo.display import display_size, fitting_scale
    from demo.dock import open_dock
    from demo.stage import Stage
    from kiosk.ui.window import DOCK_WIDTH

    scale = fitting_scale(size, display_size(), DOCK_WIDTH)
    stage = Stage(out, size=size, dock=open_dock, scale=scale)
    try:
        print(f"demo: the staff console is at {stage.hall.url}")
        for login in stage.hall.logins.values():
            print(
                f"demo:   {login.username} / {login.password} ({login.roles}); "
                f"authenticator secret {login.totp_secret}"
            )
        print("demo: an approver types the code that an authenticator app makes of the secret")
        stage.run()
    finally:
        stage.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
