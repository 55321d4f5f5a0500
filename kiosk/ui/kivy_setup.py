"""Kivy's settings, made before its first import: nothing of it may be reached from the screen.

Kivy reads argv, writes to the home folder, takes over ``logging`` and opens a settings panel on
F1 unless it is told not to. ``prepare`` must run before any ``import kivy``.
"""

import os
import tempfile
from pathlib import Path


def prepare(
    width: int,
    height: int,
    *,
    fullscreen: bool = False,
    max_fps: int = 25,
    home: Path | None = None,
) -> None:
    """Set environment and Kivy's Config for a window of this size."""
    where = home or Path(tempfile.gettempdir()) / f"kiosk-kivy-{os.getuid()}"
    where.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("KIVY_HOME", str(where))
    os.environ["KIVY_NO_ARGS"] = "1"
    os.environ["KIVY_NO_CONFIG"] = "1"
    os.environ["KIVY_NO_FILELOG"] = "1"
    os.environ["KIVY_NO_CONSOLELOG"] = "1"
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    from kivy.config import Config

    Config.set("graphics", "multisamples", "0")
    Config.set("graphics", "maxfps", str(max_fps))
    Config.set("graphics", "width", str(width))
    Config.set("graphics", "height", str(height))
    Config.set("graphics", "resizable", "0")
    Config.set("graphics", "fullscreen", "auto" if fullscreen else "0")
    Config.set("graphics", "borderless", "1" if fullscreen else "0")
    Config.set("graphics", "allow_screensaver", "0")
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "pause_on_minimize", "0")
    Config.set("kivy", "log_level", "warning")
    # Red dots of simulated fingers, and the joystick and console modules, have no place here.
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.remove_option("input", "%(name)s")
    for module in Config.options("modules"):
        Config.remove_option("modules", module)
