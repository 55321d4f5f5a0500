"""What lies on the kiosk's disk while a case waits: no portrait, no name, no score in clear."""

from pathlib import Path

from backend_client.client import KioskClient
from backend_client.contract import CaseReason, picture
from backend_client.outbox import Outbox
from kiosk.app.compose import _open_data
from kiosk.runtime.handlers.cases import CaseHandlers
from kiosk.runtime.journal import Journal
from kiosk.runtime.materials import MaterialsByVisit
from kiosk.runtime.protocols import Match
from kiosk.session.effects import ReportCase
from kiosk.session.facts import CardPlace, Case, Comparison, Escalation
from kiosk.session.visit import Ref, Visit
from kiosk.settings import load_settings
from kiosk.values import Reference, Score
from tests.runtime.machine_room import ROOT

PORTRAIT = b"\xff\xd8\xff" + bytes(range(256)) * 40
CARD = "C87654321"


def test_a_case_that_waits_is_unreadable_on_the_disk(tmp_path: Path) -> None:
    text = (ROOT / "config" / "kiosk.toml").read_text("utf-8")
    text = text.replace("../var/kiosk", str(tmp_path / "data"))
    text = text.replace("server/urgency", f"{ROOT}/config/server/urgency")
    (tmp_path / "kiosk.toml").write_text(text, "utf-8")
    settings = load_settings(tmp_path / "kiosk.toml")
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
