"""What lies on the kiosk's disk while a case waits: no portrait, no name, no score in clear."""

import sqlite3
from pathlib import Path

import pytest

from backend_client.client import KioskClient
from backend_client.contract import CaseReason, Heartbeat, picture
from backend_client.outbox import Outbox
from kiosk.app.compose import _open_data, _open_outbox
from kiosk.runtime.handlers.cases import CaseHandlers
from kiosk.runtime.journal import Journal
from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.protocols import Match
from kiosk.session.effects import ReportCase
from kiosk.session.facts import CardPlace, Case, Comparison, Escalation
from kiosk.session.visit import Ref, Visit
from kiosk.settings import Settings, load_settings
from kiosk.values import Reference, Score
from tests.runtime.machine_room import ROOT

PORTRAIT = b"\xff\xd8\xff" + bytes(range(256)) * 40
CARD = "C87654321"


def own_settings(tmp_path: Path) -> Settings:
    text = (ROOT / "config" / "kiosk.toml").read_text("utf-8")
    text = text.replace("../var/kiosk", str(tmp_path / "data"))
    text = text.replace("server/urgency", f"{ROOT}/config/server/urgency")
    (tmp_path / "kiosk.toml").write_text(text, "utf-8")
    return load_settings(tmp_path / "kiosk.toml")


def test_a_case_that_waits_is_unreadable_on_the_disk(tmp_path: Path) -> None:
    settings = own_settings(tmp_path)
    seal = _open_data(settings)  # the seal that the kiosk itself gives its outbox
    data = settings.kiosk.data_dir
    client = KioskClient("http://127.0.0.1:9", "1.secret")
    outbox = Outbox(data / "outbox.sqlite3", client, seal=seal)
    journal = Journal(data / "journal.sqlite3")
    materials = MaterialsByVisit()
    of = materials.of("boot-1")
    of.chip_portrait = PORTRAIT
    score = Score(Reference.RECORD, "engine_of_clear_text", 3.14, 5.58)
    compared = Comparison(False, (score,), (), "fused", "0" * 64, reason="low_score")
    of.keep_match(1, Match(compared, PORTRAIT))
    case = Case("boot-1-c1", Escalation(CaseReason.PORTRAIT_NOT_MATCHED.value), "K1-001")
    told = ReportCase(
        Ref("boot-1", 1), case, "compare", CardPlace.INSIDE, CARD, None, None, 1, "somebody waits"
    )
    journal.commit(Visit("boot", 1, comparison=compared), [told])
    CaseHandlers(client, outbox, materials).report(told, None)  # type: ignore[arg-type]
    assert outbox.pending() == 1
    files = [path for path in data.rglob("*") if path.is_file()]
    assert {"outbox.sqlite3", "journal.sqlite3"} <= {path.name for path in files}
    encoded = picture(PORTRAIT)
    assert encoded is not None
    in_clear = (PORTRAIT[3:40], encoded[8:48], CARD.encode(), b"engine_of_clear_text", b"somebody")
    for path in files:
        held = path.read_bytes()
        assert not [needle for needle in in_clear if needle in held], path.name
    keys = [path for path in files if path.suffix == ".key"]
    assert len(keys) == 2
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in keys)
    journal.close()
    client.close()


def test_an_outbox_or_key_that_cannot_be_read_is_put_aside(tmp_path: Path) -> None:
    settings = own_settings(tmp_path)
    data = settings.kiosk.data_dir
    data.mkdir()
    (data / "outbox.key").write_bytes(b"no key")
    seal = _open_data(settings)
    (data / "outbox.sqlite3").write_bytes(bytes(8192))
    client = KioskClient("http://127.0.0.1:9", "1.secret")
    outbox = _open_outbox(settings, client, seal)
    outbox.put("k", "/heartbeat", Heartbeat(phase="attract", version="0", devices={}))
    assert outbox.pending() == 1
    assert [path.read_bytes() for path in data.glob("outbox.key.unreadable-*")] == [b"no key"]
    assert [path.stat().st_size for path in data.glob("outbox.sqlite3.unreadable-*")] == [8192]
    client.close()


def test_an_outbox_that_cannot_be_opened_now_takes_messages_once_it_can(tmp_path: Path) -> None:
    client = KioskClient("http://127.0.0.1:9", "1.secret")
    outbox = Outbox(tmp_path / "later" / "outbox.sqlite3", client)
    beat = Heartbeat(phase="attract", version="0", devices={})
    with pytest.raises(sqlite3.OperationalError):
        outbox.put("k", "/heartbeat", beat)
    (tmp_path / "later").mkdir()
    outbox.put("k", "/heartbeat", beat)
    assert outbox.pending() == 1
    client.close()
