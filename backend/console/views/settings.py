"""The configuration in force, file by file; it is changed in the files, not here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from pydantic import BaseModel

from backend.config import FILES, ConfigError, hall, load
from backend.console.language import language_of
from backend.console.pages import show, staff_page
from backend.console.texts import say

SECRET = re.compile(r"secret|password|token|credential|(?:^|[._])key$", re.IGNORECASE)
HIDDEN = "••••••"


@dataclass(frozen=True, slots=True)
class Setting:
    """One value in force."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """One file: ``changed`` says that the disk no longer holds what is in force."""

    name: str
    path: str
    changed: bool
    values: list[Setting]


@staff_page("view_settings")
@require_GET
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show what the server runs with, and whether its files say something else by now."""
    directory = Path(settings.CONFIG_DIR)
    language = language_of(request)
    on_disk, fault = None, ""
    try:
        on_disk = load(directory)
    except ConfigError as error:
        fault = str(error)
    files = []
    for name in FILES:
        in_force: BaseModel = getattr(hall(), name)
        changed = on_disk is not None and getattr(on_disk, name) != in_force
        values = list(flatten(in_force.model_dump(mode="json"), language))
        files.append(SettingsFile(name, str(directory / f"{name}.toml"), changed, values))
    context = {"files": files, "fault": fault}
    return show(request, "console/settings.html", context, page="settings")


def flatten(content: object, language: str, key: str = "") -> Iterator[Setting]:
    """Yield each value under its dotted key; what looks like a secret is hidden."""
    if isinstance(content, Mapping) and content:
        for name, part in content.items():
            yield from flatten(part, language, f"{key}.{name}" if key else str(name))
    elif isinstance(content, list) and any(isinstance(part, Mapping | list) for part in content):
        for number, part in enumerate(content, start=1):
            yield from flatten(part, language, f"{key}[{number}]")
    elif content is not None:
        yield Setting(key, HIDDEN if SECRET.search(key) else _text(content, language))


def _text(content: object, language: str) -> str:
    if isinstance(content, bool):
        return say(language, "app.yes" if content else "app.no")
    if isinstance(content, list | Mapping):
        return ", ".join(str(part) for part in content) or say(language, "app.none")
    return f"{content:g}" if isinstance(content, float) else str(content) or "–"
