"""Frozen settings of one kiosk from ``config/kiosk.toml``; an unknown key is an error.

Must not open devices, files other than the configuration's own, or connections.
"""

import json
import os
import tomllib
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from kiosk.address import check_address
from kiosk.session.facts import Texts
from kiosk.session.rules import Rules, Timers


class ConfigError(Exception):
    """One line that names file, key and what is allowed."""

    def __init__(self, file: Path, key: str, allowed: str) -> None:
        where = f"{file}: {key}" if key else str(file)
        super().__init__(" ".join(f"{where}: {allowed}".split()))
        self.file = file
        self.key = key
        self.allowed = allowed


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_File = TypeVar("_File", bound=BaseModel)

Port = Annotated[str, Field(pattern=r"^(/|socket://)[^\s]+$")]
Baud = Literal[9600, 19200, 38400, 57600, 115200]
Seconds = Annotated[float, Field(ge=1, le=3600, allow_inf_nan=False)]
Pause = Annotated[float, Field(ge=0.1, le=600, allow_inf_nan=False)]
"""Before a machine is asked once more."""
Moment = Annotated[float, Field(ge=0.005, le=10, allow_inf_nan=False)]
"""Within one exchange of bytes."""
Motion = Annotated[float, Field(ge=0.5, le=120, allow_inf_nan=False)]
"""What a machine takes to move, erase or print; in less no card moves."""
Hex = Annotated[str, Field(pattern=r"^([0-9A-F]{2}){1,64}$")]
Pixels = Annotated[int, Field(ge=120, le=8192)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]


class KioskSection(_Section):
    """Which kiosk this is and where it keeps its data."""

    number: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,8}$")]
    data_dir: Path
    urgency_file: Path
    time_zone: ZoneInfo = ZoneInfo("Asia/Shanghai")


class ScreenSection(_Section):
    """The touch screen."""

    width: Pixels = 1080
    height: Pixels = 1920
    fullscreen: bool = True


class ServerSection(_Section):
    """The hall's server and the line to it."""

    url: Annotated[str, AfterValidator(check_address)]
    credential_file: Path
    heartbeat_s: Annotated[float, Field(ge=0.2, le=5)] = 3.0
    lost_after_s: Annotated[float, Field(ge=0.5, le=9)] = 8.0


class CardLayoutSection(_Section):
    """What the back of a card holds, and which code prints at once: not known from a manual."""

    max_lines: Annotated[int, Field(ge=4, le=20)] = 20
    max_columns: Annotated[int, Field(ge=20, le=120)] = 60
    now_mode: Literal["0", "1"] = "0"
    wait_mode: Literal["0", "1"] = "1"

    @model_validator(mode="after")
    def _modes_differ(self) -> Self:
        if self.now_mode == self.wait_mode:
            raise ValueError("now_mode and wait_mode must differ")
        return self


class CardTimingSection(_Section):
    """The card printer's waits in seconds; what each is for stands with its driver."""

    ack_s: Moment = 0.3
    answer_s: Moment = 0.6
    poll_s: Moment = 0.05
    status_s: Motion = 2.0
    move_s: Motion = 10.0
    erase_s: Motion = 20.0
    print_s: Motion = 30.0
    attempts: Annotated[int, Field(ge=1, le=10)] = 3


class CardPrinterSection(_Section):
    """The rewritable-card printer: card slot and endorsement printer in one."""

    kind: Literal["sanwa_crp1231"]
    port: Port
    baud: Baud = 9600
    layout: CardLayoutSection = Field(default_factory=CardLayoutSection)
    timing: CardTimingSection = Field(default_factory=CardTimingSection)


class MrzReaderSection(_Section):
    """The reader of the printed machine-readable zone."""

    kind: Literal["elyctis"]
    port: Port
    baud: Baud = 9600


class ChipPollingSection(_Section):
    """The reader's escape commands that count the chips in its field; readers may differ."""

    list_targets: Hex = "FF00000004D44A0200"
    release: Hex = "FF00000003D45200"


class ChipReaderSection(_Section):
    """The contactless reader."""

    kind: Literal["ccid_acs"]
    port: Port
    baud: Baud = 115200
    polling: ChipPollingSection = Field(default_factory=ChipPollingSection)


class ReceiptPrinterSection(_Section):
    """The receipt printer."""

    kind: Literal["escpos"]
    port: Port
    baud: Baud = 19200
    width_dots: Literal[384, 512, 576] = 576


class Assembly(StrEnum):
    """How the machine around the card is put together (design, section 4)."""

    REWRITER = "rewriter"
    MOTOR_READER = "motor_reader"


class DevicesSection(_Section):
    """The hardware on its ports."""

    assembly: Assembly
    poll_s: Annotated[float, Field(ge=0.1, le=30)] = 2.0
    card_printer: CardPrinterSection
    mrz_reader: MrzReaderSection
    chip_reader: ChipReaderSection
    receipt_printer: ReceiptPrinterSection | None = None

    @model_validator(mode="after")
    def _ports_differ(self) -> Self:
        """See that no two devices share a port, under whatever names it is known."""
        names = ("card_printer", "mrz_reader", "chip_reader", "receipt_printer")
        owners: dict[str, str] = {}
        for name in names:
            section = getattr(self, name)
            if section is None:
                continue
            port = section.port
            first = owners.setdefault(os.path.realpath(port) if port[0] == "/" else port, name)
            if first != name:
                raise ValueError(f"{first} and {name} must not have the same port, {port}")
        return self


class CameraSection(_Section):
    """Where pictures come from. Once loaded, ``source`` is what the camera is opened by."""

    source: Annotated[
        str,
        Field(pattern=r"^(device:(\d{1,2}|/dev/[^\s]+)|(video|folder|stream):[^\s].*)$"),
    ]
    width: Pixels = 1280
    height: Pixels = 720


class PortraitSection(_Section):
    """Matcher and liveness. Limits are checked by the portrait room, which knows their names."""

    models_dir: Path
    matcher: Code = "fused"
    false_match_rate: Annotated[float, Field(gt=0, le=0.001)] = 0.0001
    liveness: Literal["off", "advisory", "required"] = "off"
    liveness_model: Annotated[str, Field(pattern=r"^[a-z0-9_]{0,64}$")] = ""
    liveness_limits: dict[Code, float] = Field(default_factory=dict)
    limits: dict[Code, float] = Field(default_factory=dict)


class TimersSection(_Section):
    """Every wait of a visit; the reasons stand in ``kiosk.session.rules.Timers``."""

    insert_card: Seconds = Timers().insert_card
    idle: Seconds = Timers().idle
    idle_warning: Annotated[float, Field(ge=20, le=3600)] = Timers().idle_warning
    bad_card: Seconds = Timers().bad_card
    find_parked: Annotated[float, Field(ge=0.5, le=10, allow_inf_nan=False)] = Timers().find_parked
    pay: Seconds = Timers().pay
    receipt: Seconds = Timers().receipt
    take_card: Seconds = Timers().take_card
    rearm: Pause = Timers().rearm
    eject_again: Pause = Timers().eject_again
    leaving: Seconds = Timers().leaving
    keep_card: Seconds = Timers().keep_card
    wait_without_card: Seconds = Timers().wait_without_card


class VisitSection(_Section):
    """The kiosk's own rules of a visit."""

    max_tries: Annotated[int, Field(ge=1, le=3)] = 3
    timers: TimersSection = Field(default_factory=TimersSection)


class UrgencyGround(_Section):
    """One ground to travel on, as the resident reads it."""

    code: Code
    title: "TitleSection"
    decide_within_min: Annotated[int, Field(ge=1, le=1440)] | None = None
    """The server's; read here only so that both sides share one file."""

    @property
    def texts(self) -> Texts:
        """Return the title in the three languages."""
        return Texts(self.title.zh_hans, self.title.zh_hant, self.title.en)


class TitleSection(_Section):
    """One text in the three languages."""

    zh_hans: Annotated[str, Field(min_length=1, max_length=60)]
    zh_hant: Annotated[str, Field(min_length=1, max_length=60)]
    en: Annotated[str, Field(min_length=1, max_length=60)]


class _UrgencyFile(_Section):
    ground: Annotated[tuple[UrgencyGround, ...], Field(min_length=1)]


class _KioskFile(_Section):
    kiosk: KioskSection
    screen: ScreenSection = Field(default_factory=ScreenSection)
    server: ServerSection
    devices: DevicesSection
    camera: CameraSection
    portrait: PortraitSection
    visit: VisitSection = Field(default_factory=VisitSection)


class Settings(_KioskFile):
    """Everything an operator may set; all paths are absolute."""

    file: Path
    grounds: tuple[UrgencyGround, ...]

    def rules(self, *, slot_has_bin: bool) -> Rules:
        """Return the rules that the session's ``step`` is told."""
        timers = Timers(**{f.name: getattr(self.visit.timers, f.name) for f in fields(Timers)})
        return Rules(
            kiosk=self.kiosk.number,
            slot_has_bin=slot_has_bin,
            max_tries=self.visit.max_tries,
            timers=timers,
        )


UrgencyGround.model_rebuild()


def load_settings(file: Path) -> Settings:
    """Read and check a configuration file and those it names. Raises ConfigError."""
    file = file.resolve()
    raw = _check(_KioskFile, file)
    base = file.parent
    kiosk = raw.kiosk.model_copy(
        update={
            "data_dir": _absolute(base, raw.kiosk.data_dir),
            "urgency_file": _absolute(base, raw.kiosk.urgency_file),
        }
    )
    grounds = _check(_UrgencyFile, kiosk.urgency_file).ground
    parts: dict[str, Any] = {name: getattr(raw, name) for name in _KioskFile.model_fields}
    parts["kiosk"] = kiosk
    parts["server"] = raw.server.model_copy(
        update={"credential_file": _absolute(base, raw.server.credential_file)}
    )
    parts["portrait"] = raw.portrait.model_copy(
        update={"models_dir": _absolute(base, raw.portrait.models_dir)}
    )
    parts["camera"] = raw.camera.model_copy(update={"source": _source(base, raw.camera.source)})
    return Settings(file=file, grounds=grounds, **parts)


def read_credential(settings: Settings) -> str:
    """Return the kiosk's credential. Raises ConfigError when the file cannot be used."""
    path = settings.server.credential_file
    try:
        credential = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            settings.file,
            "server.credential_file",
            f"must name a readable file that enrolment wrote; {path}: {type(error).__name__}",
        ) from error
    if not credential or any(c.isspace() for c in credential):
        raise ConfigError(
            settings.file, "server.credential_file", f"{path} must hold one line, the credential"
        )
    # Enrolment writes "KIOSK.SECRET"; with another's the tickets would name the wrong kiosk.
    enrolled, dot, _ = credential.partition(".")
    if dot and enrolled != settings.kiosk.number:
        raise ConfigError(
            settings.file,
            "kiosk.number",
            f"is '{settings.kiosk.number}', but {path} was enrolled for kiosk '{enrolled}'",
        )
    return credential


def _absolute(base: Path, path: Path) -> Path:
    return (base / path.expanduser()).resolve()


def _source(base: Path, source: str) -> str:
    """Return what the camera is opened by: a device's number, an address or an absolute path.

    A device's own path stays as it is: what it links to changes when it is plugged in again.
    """
    kind, _, where = source.partition(":")
    return str(_absolute(base, Path(where))) if kind in ("video", "folder") else where


def _check(model: type[_File], file: Path) -> _File:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            file, "", f"must be a readable UTF-8 file ({type(error).__name__})"
        ) from error
    try:
        table = json.dumps(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise ConfigError(file, "", f"must be TOML without dates: {error}") from error
    try:
        # Strict mode of JSON, not of Python: lists may become tuples and text may become paths,
        # but "1" is no number and 1 is no text.
        return model.model_validate_json(table)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        # A misspelt key is reported as unknown and as missing; the first is what helps.
        first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            file, key, _allowed(model, first["loc"], first["type"], first["msg"])
        ) from (error)


def _allowed(model: type[BaseModel], loc: tuple[int | str, ...], kind: str, message: str) -> str:
    match kind:
        case "extra_forbidden":
            names = ", ".join(_section_of(model, loc[:-1]).model_fields)
            return f"is not known here; allowed are {names}"
        case "missing":
            return "is missing and must be set"
        case _:
            said = message.removeprefix("Value error, ")
            return said[:1].lower() + said[1:]


def _section_of(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the section that a location lies in; list indices name their element's section."""
    for part in loc:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        candidates = (annotation, *get_args(annotation))
        model = next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))
    return model
