"""Settings in words: each value of the shipped files has its place, and changes are marked."""

import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from backend.config import FILES, hall, load
from backend.config_models import AlarmsConfig, MessengerConfig
from backend.console.settings_sheet import (
    PLANS,
    SUBJECTS,
    at_key,
    settings_sheet,
    shown_keys,
)
from backend.console.settings_words import HIDDEN, format_seconds, format_setting
from backend.console.texts import LANGUAGES, words_of
from tests.backend import world
from tests.backend.policy_files import change_policy


def leaves(content, key):
    """Yield the dotted key of each value; an array of tables is one value."""
    if isinstance(content, dict):
        for name, part in content.items():
            yield from leaves(part, f"{key}.{name}")
    else:
        yield key


def test_every_value_of_the_files_is_shown():
    directory = Path(settings.CONFIG_DIR)
    keys = {
        key
        for name in FILES
        for key in leaves(tomllib.loads((directory / f"{name}.toml").read_text()), name)
    }
    assert len(keys) > 60
    shown = shown_keys()
    assert [key for key in keys if not any(f"{key}.".startswith(f"{one}.") for one in shown)] == []


def test_every_subject_table_and_value_has_words_in_every_language():
    values = {key for subject in SUBJECTS for key in subject.values}
    wanted = {f"{table}.{key}" for key in values for table in ("setting", "setting_note")}
    for subject in SUBJECTS:
        wanted |= {f"{part}.{subject.code}" for part in ("settings_subject", "settings_about")}
    for plan in PLANS.values():
        wanted |= {f"{part}.{plan.code}" for part in ("settings_table", "settings_table_note")}
        wanted |= {f"settings_col.{name}" for name in plan.head}
    for language in LANGUAGES:
        assert wanted <= set(words_of(language))
    assert {f"setting.{key}" for key in values} == {
        key for key in words_of("en") if key.startswith("setting.")
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_value_is_shown_raw(language):
    for sheet in settings_sheet(hall(), None, language):
        assert sheet.changed == 0
        for value in sheet.values:
            raw = at_key(hall().model_dump(mode="json"), value.key)
            if value.key.endswith(("_s", "_h", "_min", "_days")) and not isinstance(raw, list):
                assert value.cell.text != f"{raw:g}", value.key
        for table in sheet.tables:
            assert table.rows, table.code


def test_changed_new_and_removed_rows_are_told_apart():
    before = hall()
    unclaimed, undecided, *others = before.alarms.alarm
    changed = unclaimed.model_copy(update={"seconds": 90.0})
    added = undecided.model_copy(update={"code": "later"})
    alarms = AlarmsConfig(alarm=(changed, *others, added))
    after = before.model_copy(update={"alarms": alarms})
    sheets = {sheet.code: sheet for sheet in settings_sheet(before, after, "en")}
    assert sheets["alarms"].changed == 3
    assert sheets["queue"].changed == 0
    (table,) = sheets["alarms"].tables
    states = [row.state for row in table.rows]
    assert (states[0], states[1], states[-1]) == ("changed", "removed", "added")
    when = dict(table.rows[0].cells)["when"]
    assert (when.text, when.on_disk) == ("unclaimed for 1 min", "unclaimed for 90 s")


def test_secrets_of_a_webhook_are_hidden():
    known = hall().messenger.model_dump()
    url = "https://robot.hall.example/send?access_token=abc123"
    body = {"auth": {"token": "abc123"}, "to": [{"api_key": "abc123"}], "text": "{text}"}
    messenger = MessengerConfig(**{**known, "url": url, "body": body})
    config = hall().model_copy(update={"messenger": messenger})
    sheet = next(one for one in settings_sheet(config, None, "en") if one.code == "alarms")
    shown = {value.key: value.cell.text for value in sheet.values}
    assert shown["messenger.url"] == f"https://robot.hall.example/{HIDDEN}"
    assert "abc123" not in str(shown)
    assert "{text}" in shown["messenger.body"]
    assert format_setting("x.password", "abc123", "en") == HIDDEN


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.5, "0.5 s"), (90, "90 s"), (180, "3 min"), (5400, "90 min"), (86400, "1 d")],
)
def test_spans_are_written_in_their_largest_whole_unit(seconds, words):
    assert format_seconds(seconds, "en") == words


def test_the_page_marks_what_changed_on_disk(database, django_pages, tmp_path):
    before = settings.CONFIG_DIR
    change_policy(tmp_path)
    try:
        desk = django_pages(world.add_staff("auditor"))
        desk.post("/language", {"language": "en", "next": "/settings"})
        hall()

        def page(about):
            return desk.get(f"/settings?about={about}").content.decode()

        assert "timers.toml · claim_lease_s" in page("queue")
        assert "3 min" in page("queue")
        assert "▲" not in page("all")
        assert desk.get("/settings?about=x").status_code == 404
        timers = settings.CONFIG_DIR / "timers.toml"
        timers.write_text(timers.read_text().replace("claim_lease_s = 180", "claim_lease_s = 90"))
        assert load(settings.CONFIG_DIR) != hall()
        assert "in the file: 90 s" in page("queue")
        assert page("offers").count("▲") == 2  # the files, and the subject's name in the list
        assert "<code>timers.toml</code>" in page("offers")
        timers.write_text("claim_leas_s = 1")
        assert "claim_leas_s: unknown key" in page("queue")
    finally:
        settings.CONFIG_DIR = before
