"""Draw every screen with example visits as PNG: ``python -m kiosk.ui.gallery --out DIR``."""

import argparse
import threading
from pathlib import Path

from kiosk.session.phases import Attract
from kiosk.session.visit import Visit
from kiosk.ui import examples
from kiosk.ui.page import Ground
from kiosk.ui.window import KioskApp
from kiosk.values import HeadMove, Language


def draw_gallery(
    out: Path,
    size: tuple[int, int],
    languages: tuple[Language, ...],
    only: str = "",
    move: HeadMove | None = None,
) -> int:
    """Save a picture of every screen in each language; return how many.

    ``move`` is what the liveness challenge asks for on the camera's picture.
    """
    grounds: tuple[Ground, ...] = examples.GROUNDS
    frames = examples.DrawnFrames()
    app = KioskApp(
        frames,
        examples.SteadyGuidance(move=move),
        lambda event: None,
        size=size,
        grounds=grounds,
        kiosk_label="3",
        now=lambda: examples.NOW,
        max_fps=60,
    )
    count = 0
    nobody = Visit(boot="example", phase=Attract())

    def draw_all() -> None:
        nonlocal count
        try:
            for language in languages:
                for name, visit in examples.visits(language):
                    if only in name:
                        frames.opened = name != examples.CAMERA_CLOSED
                        app.show(nobody)  # a mirror that stayed would show what it saw before
                        app.show(visit)
                        app.screenshot(out / language.value / f"{name}.png", timeout_s=60)
                        count += 1
        finally:
            app.stop()

    worker = threading.Thread(target=draw_all)
    worker.start()
    app.run()
    worker.join()
    return count


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description="Draw every screen as PNG.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--language", choices=[language.value for language in Language])
    parser.add_argument("--only", default="", help="a part of the screens' names")
    parser.add_argument("--move", choices=[move.value for move in HeadMove], help="liveness")
    arguments = parser.parse_args()
    width, height = (int(part) for part in arguments.size.split("x"))
    chosen = arguments.language
    languages = (Language(chosen),) if chosen else tuple(Language)
    move = HeadMove(arguments.move) if arguments.move else None
    count = draw_gallery(arguments.out, (width, height), languages, arguments.only, move)
    print(f"{count} pictures in {arguments.out}")  # noqa: T201 (a command's answer)


if __name__ == "__main__":
    main()
