"""Make the README's pictures, of screens and console: ``python tools/readme_pictures.py``.

The console's is taken while the demo plays, of the case that its clerk looks at.
"""

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
SCREENS = (
    "02-attract",
    "06-offers-selected",
    "08-portrait",
    "16-escalated-claimed",
    "11-pay",
    "15-take-card-issued",
)
WIDTH, HEIGHT, GAP = 270, 480, 12
DESK = {"width": 1440, "height": 940}
CONSOLE_WIDTH = 1080


def main() -> None:
    """Draw both pictures."""
    screens()
    console()


def screens() -> None:
    """Draw the screens and set six of them side by side."""
    with tempfile.TemporaryDirectory() as folder:
        gallery = [sys.executable, "-m", "kiosk.ui.gallery", "--out", folder]
        subprocess.run([*gallery, "--language", "zh-Hans"], cwd=ROOT, check=True)  # noqa: S603
        row = Image.new("RGB", (len(SCREENS) * (WIDTH + GAP) - GAP, HEIGHT), "#D5DEE5")
        for number, name in enumerate(SCREENS):
            picture = Image.open(Path(folder) / "zh-Hans" / f"{name}.png")
            row.paste(
                picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS),
                (number * (WIDTH + GAP), 0),
            )
        row.quantize(128).save(PICTURES / "screens.png", optimize=True)


def console() -> None:
    """Play the demo and take the clerk's page of the second visit."""
    sys.path.insert(0, str(ROOT))
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    from demo import script
    from demo.stage import Stage

    keep_look = script.keep_look

    def keep_and_take(stage: Stage, visit: str, *seen: object) -> None:
        keep_look(stage, visit, *seen)
        if visit == "b-accepted-by-staff":
            take(stage.hall.url, stage.hall.logins["clerk"])

    script.keep_look = keep_and_take
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), size=(1080, 1920))
        try:
            stage.run(lambda: list(script.play(stage)))
        finally:
            stage.close()


def take(url: str, login: object) -> None:
    """Sign in as the clerk, open the case that is theirs and take its picture."""
    from tests.backend.console.browser import ARGUMENTS, CHROMIUM, see_portraits, sync_api

    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport=DESK)
        page.goto(f"{url}/login")
        page.fill("#username", login.username)
        page.fill("#password", login.password)
        page.click("main button")
        page.click("#queue-rows a")
        see_portraits(page)
        page.wait_for_timeout(500)  # the viewer has set the eyes level
        picture = Image.open(io.BytesIO(page.screenshot()))
        browser.close()
    height = round(picture.height * CONSOLE_WIDTH / picture.width)
    small = picture.convert("RGB").resize((CONSOLE_WIDTH, height), Image.Resampling.LANCZOS)
    small.quantize(192).save(PICTURES / "console.png", optimize=True)


if __name__ == "__main__":
    main()
