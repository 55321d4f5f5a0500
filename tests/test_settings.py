"""The configuration file: what is right is frozen and absolute, what is wrong is one line."""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from devices.camera.opening import choose_source
from kiosk.runtime.clock import wall_clock
from kiosk.session.rules import Timers
from kiosk.settings import ConfigError, load_settings, read_credential

SHIPPED = Path(__file__).parents[1] / "config" / "kiosk.toml"
URGENCY = """
[[ground]]
code = "funeral"
decide_within_min = 10
title = { zh_hans = "奔丧", zh_hant = "奔喪", en = "Funeral" }
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "kiosk.toml"
    file.write_text(SHIPPED.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "urgency.toml").write_text(URGENCY, encoding="utf-8")
    return file


def change(config: Path, old: str, new: str) -> None:
    text = config.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must stand once in the shipped file"
    config.write_text(text.replace(old, new), encoding="utf-8")


def refuse(config: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings(config)
    line = str(caught.value)
    assert "\n" not in line
    assert "pydantic" not in line
    return line


def test_shipped_file_with_defaults_of_the_session(config: Path) -> None:
    settings = load_settings(config)

    rules = settings.rules(slot_has_bin=True)
    assert rules.timers == Timers()
    assert rules.slot_has_bin
    assert settings.grounds[0].texts.en == "Funeral"


def test_the_wall_clock_follows_the_file_and_not_the_system(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    try:
        now = wall_clock(load_settings(config).kiosk.time_zone)()
    finally:
        monkeypatch.undo()
        time.tzset()

    assert now.utcoffset() == timedelta(hours=8)
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)


def test_relative_paths_resolve_against_the_file(config: Path, tmp_path: Path) -> None:
    change(config, '"device:0"', '"folder:faces"')
    settings = load_settings(config)

    assert settings.kiosk.data_dir == tmp_path.parent / "var" / "kiosk"
    assert settings.server.credential_file == tmp_path.parent / "var" / "kiosk" / "credential"
    assert settings.kiosk.urgency_file == tmp_path / "server" / "urgency.toml"
    assert settings.portrait.models_dir == tmp_path.parent / "assets" / "models"
    assert settings.camera.source == str(tmp_path / "faces")


@pytest.mark.parametrize(
    ("written", "opened"),
    [
        ("device:3", "3"),
        ("stream:rtsp://127.0.0.1/a", "rtsp://127.0.0.1/a"),
        ("video:/v.mp4", "/v.mp4"),
    ],
)
def test_a_camera_source_becomes_what_it_is_opened_by(
    config: Path, written: str, opened: str
) -> None:
    change(config, '"device:0"', f'"{written}"')
    assert load_settings(config).camera.source == opened


def test_settings_are_frozen(config: Path) -> None:
    settings = load_settings(config)
    with pytest.raises(ValidationError):
        settings.kiosk.number = "2"


@pytest.mark.parametrize(
    ("old", "new", "key", "allowed"),
    [
        ("[screen]", "[screens]", "screens", "kiosk, screen, server"),
        ("fullscreen = true", "full_screen = true", "screen.full_screen", "width, height"),
        ("width = 1080", 'width = "1080"', "screen.width", "integer"),
        ("width = 1080", "width = 20", "screen.width", "120"),
        ("fullscreen = true", "fullscreen = 1", "screen.fullscreen", "boolean"),
        ('number = "1" ', "number = 1 ", "kiosk.number", "string"),
        ('number = "1" ', 'number = "kiosk at the door" ', "kiosk.number", "pattern"),
        ('number = "1" ', "", "kiosk.number", "missing"),
        ('time_zone = "Asia/Shanghai"', 'time_zone = "Asia/Nowhere"', "kiosk.time_zone", "zone"),
        ("number =", "nummer =", "kiosk.nummer", "number, data_dir"),
        ('url = "http://127.0.0.1:8000"', 'url = "127.0.0.1"', "server.url", "http(s)://HOST"),
        ("heartbeat_s = 3.0", "heartbeat_s = 60", "server.heartbeat_s", "5"),
        ("lost_after_s = 8.0", "lost_after_s = 11", "server.lost_after_s", "9"),
        ('assembly = "rewriter"', 'assembly = "rewrite"', "devices.assembly", "'motor_reader'"),
        ('kind = "sanwa_crp1231"', 'kind = "x"', "devices.card_printer.kind", "'sanwa_crp1231'"),
        ('port = "/dev/ttyS1"', 'port = "COM1"', "devices.mrz_reader.port", "socket"),
        ("baud = 115200", "baud = 115201", "devices.chip_reader.baud", "115200"),
        ("width_dots = 576", "width_dots = 577", "devices.receipt_printer.width_dots", "576"),
        ('source = "device:0"', 'source = "webcam"', "camera.source", "device"),
        ("false_match_rate = 0.0001", "false_match_rate = 0.1", "portrait.false_match", "0.001"),
        (
            "[portrait.limits]",
            "[portrait.limits]\nyaw_max_deg = 'x'",
            "portrait.limits.yaw_max_deg",
            "number",
        ),
        ("max_tries = 3", "max_tries = 4", "visit.max_tries", "3"),
        ('now_mode = "0"', 'now_mode = "2"', "devices.card_printer.layout.now_mode", "'0' or '1'"),
        ('now_mode = "0"', 'now_mode = "1"', "devices.card_printer.layout", "must differ"),
        ("erase_s = 20.0", "erase_s = 1e-9", "devices.card_printer.timing.erase_s", "0.5"),
        ("ack_s = 0.3", "ack_s = 60", "devices.card_printer.timing.ack_s", "10"),
        ('port = "/dev/ttyS1"', 'port = "/dev/ttyS2"', "devices", "mrz_reader and chip_reader"),
        ('port = "/dev/ttyS1"', 'port = "/dev/../dev/ttyS0"', "devices", "the same port"),
        ('source = "device:0"', 'source = "device:/etc/x"', "camera.source", "device"),
        ('"FF00000003D45200"', '"FF0"', "devices.chip_reader.polling.release", "match"),
        ("idle = 60.0", "idle = -1", "visit.timers.idle", "equal to 1"),
        ("pay = 180.0", "pay = nan", "visit.timers.pay", "finite"),
        ("idle_warning = 30.0", "idle_warning = 10", "visit.timers.idle_warning", "20"),
        ("receipt = 30.0", "reciept = 30.0", "visit.timers.reciept", "take_card"),
    ],
)
def test_wrong_key_or_value_is_one_line(
    config: Path, old: str, new: str, key: str, allowed: str
) -> None:
    change(config, old, new)

    line = refuse(config)

    assert line.startswith(f"{config}: {key}")
    assert allowed in line


def test_missing_file_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "none.toml") in refuse(tmp_path / "none.toml")


def test_no_toml_is_named(config: Path) -> None:
    config.write_text("kiosk = [", encoding="utf-8")
    assert "must be TOML" in refuse(config)


def test_wrong_ground_names_the_urgency_file(config: Path, tmp_path: Path) -> None:
    urgency = tmp_path / "server" / "urgency.toml"
    urgency.write_text(URGENCY.replace("en =", "english ="), encoding="utf-8")

    line = refuse(config)

    assert line.startswith(f"{urgency}: ground.0.title.en")


def test_credential_is_one_word_of_a_readable_file(config: Path, tmp_path: Path) -> None:
    change(config, '"../var/kiosk/credential"', '"credential"')
    settings = load_settings(config)
    with pytest.raises(ConfigError, match=r"server\.credential_file"):
        read_credential(settings)

    (tmp_path / "credential").write_text("k1-secret\n", encoding="ascii")
    assert read_credential(settings) == "k1-secret"

    (tmp_path / "credential").write_text("two words\n", encoding="ascii")
    with pytest.raises(ConfigError, match=r"server\.credential_file"):
        read_credential(settings)


def test_the_shipped_machine_is_the_drivers_own_defaults(config: Path) -> None:
    """Both stand written down: neither may drift from the other."""
    devices = load_settings(config).devices
    text = config.read_text(encoding="utf-8")
    tables = ("card_printer.layout", "card_printer.timing", "chip_reader.polling")
    bare = re.sub(r"(?ms)^\[devices\.(card_printer|chip_reader)\.\w+\].*?\n\n", "", text)
    assert not any(table in bare for table in tables)
    config.write_text(bare, encoding="utf-8")
    assert load_settings(config).devices == devices


@pytest.mark.parametrize(
    "url",
    [
        "http://a..b",
        "http://.a",
        "http://a.",
        "http://-a",
        "http://a b",
        "http://a:0",
        "http://a:99999",
        "http://a:x",
        "http://user@a",
        "http://" + "a" * 64,
        "http://a/b",
        "ftp://a",
    ],
)
def test_an_address_that_no_request_reaches_is_one_line(config: Path, url: str) -> None:
    change(config, '"http://127.0.0.1:8000"', f'"{url}"')
    assert refuse(config).startswith(f"{config}: server.url")


@pytest.mark.parametrize(
    "url", ["http://hall", "https://hall.example.org:8443", "http://10.0.0.1:80", "http://[::1]:80"]
)
def test_an_address_that_can_be_reached_is_taken(config: Path, url: str) -> None:
    change(config, '"http://127.0.0.1:8000"', f'"{url}"')
    assert load_settings(config).server.url == url


def test_the_camera_is_named_by_a_path_that_survives_replugging(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/dev/v4l/by-id/usb-Maker_Camera_0001-video-index0"
    change(config, '"device:0"', f'"device:{path}"')
    camera = load_settings(config).camera
    assert camera.source == path
    opened: list[object] = []

    class Capture:
        def __init__(self, device: object, api: int) -> None:
            opened.append(device)

        def set(self, *_: object) -> bool:
            return True

        def get(self, _: int) -> float:
            return 0.0

        def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
            return True

    monkeypatch.setattr("devices.camera.sources.cv2.VideoCapture", Capture)
    monkeypatch.setattr("devices.camera.sources.Path.exists", lambda _: True)
    choose_source(camera.source).open()
    assert opened == [path]
