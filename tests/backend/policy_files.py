"""A hall whose policy.toml says something else than the shipped one."""

import shutil
from pathlib import Path

from django.conf import settings

from tests.backend.world import ROOT


def change_policy(folder: Path, *changes: tuple[str, str]) -> None:
    """Copy the configuration, change texts of policy.toml, and let the server's code use it."""
    config = folder / "config"
    shutil.copytree(ROOT / "config" / "server", config)
    path = config / "policy.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")
    settings.CONFIG_DIR = config
