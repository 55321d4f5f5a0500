"""The hall's configuration: TOML files read into frozen models; what is unknown is an error.

``load`` names file, key and what is allowed in one line; ``hall()`` is what the rooms ask.
"""

import tomllib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from pydantic import BaseModel, ValidationError

from backend.config_models import (
    AlarmsConfig,
    HallConfig,
    InsightConfig,
    MessengerConfig,
    OffersConfig,
    PhrasesConfig,
    PolicyConfig,
    RetentionConfig,
    TimersConfig,
    UrgencyConfig,
)

FILES: dict[str, type[BaseModel]] = {
    "offers": OffersConfig,
    "policy": PolicyConfig,
    "timers": TimersConfig,
    "retention": RetentionConfig,
    "urgency": UrgencyConfig,
    "phrases": PhrasesConfig,
    "alarms": AlarmsConfig,
    "messenger": MessengerConfig,
    "insight": InsightConfig,
}


class ConfigError(Exception):
    """A configuration that cannot be used, said in one line."""


def load(directory: Path) -> HallConfig:
    """Read and check all files of ``directory``. Raises ConfigError."""
    parts = {name: _read(directory / f"{name}.toml", model) for name, model in FILES.items()}
    try:
        return HallConfig.model_validate(parts)
    except ValidationError as error:
        raise ConfigError(_sentence(directory, error, HallConfig)) from error


def _read(path: Path, model: type[BaseModel]) -> BaseModel:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: missing; this file is required") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise ConfigError(_sentence(path, error, model)) from error


def _sentence(path: Path, error: ValidationError, model: type[BaseModel]) -> str:
    faults = error.errors()
    # A misspelt key is also a missing one; the misspelling is what helps.
    unknown = [fault for fault in faults if fault["type"] == "extra_forbidden"]
    first = (unknown or faults)[0]
    key = ".".join(str(part) for part in first["loc"]) or "(file)"
    if first["type"] == "extra_forbidden":
        return f"{path}: {key}: unknown key; allowed: {', '.join(_siblings(model, first['loc']))}"
    return f"{path}: {key}: {first['msg']}".replace("\n", " ")


def _siblings(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """Name the keys that are allowed beside the unknown one."""
    schema: dict[str, object] = model.model_json_schema()
    node: object = schema
    for part in location[:-1]:
        node = _step(schema, node, part)
    properties = _resolve(schema, node).get("properties")
    return sorted(properties) if isinstance(properties, dict) else []


def _step(schema: dict[str, object], node: object, part: int | str) -> object:
    found = _resolve(schema, node)
    if isinstance(part, int):
        return found.get("items", {})
    properties = found.get("properties")
    if isinstance(properties, dict) and part in properties:
        return properties[part]
    return found.get("additionalProperties", {})


def _resolve(schema: dict[str, object], node: object) -> dict[str, object]:
    while isinstance(node, dict) and "$ref" in node:
        name = str(node["$ref"]).rsplit("/", 1)[-1]
        definitions = schema.get("$defs")
        node = definitions.get(name, {}) if isinstance(definitions, dict) else {}
    return node if isinstance(node, dict) else {}


@lru_cache(maxsize=4)
def _cached(directory: str) -> HallConfig:
    return load(Path(directory))


def hall() -> HallConfig:
    """Return the configuration this server runs with."""
    return _cached(str(settings.CONFIG_DIR))
