"""The chain shows changed, removed, reordered and cut events, and says which."""

import pytest
from django.db import DatabaseError, connection, transaction

from backend.audit.chain import Head, Link, digest
from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.audit.services import append, head, verify
from tests.backend import world


@pytest.fixture
def chain(database):
    for number in range(10):
        append(Kind.OFFERS_SHOWN, "kiosk:3", f"card:{number}", number=number)


def tamper(statement: str) -> None:
    """Change the table as somebody with the file and a database tool would."""
    with connection.cursor() as cursor:
        for trigger in ("audit_no_update", "audit_no_delete", "audit_no_change"):
            table = " ON audit_auditevent" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}{table}")
        for one in statement.split(";"):
            cursor.execute(one)


def test_an_untouched_chain_holds(chain):
    verdict = verify()
    assert (verdict.ok, verdict.events) == (True, 10)
    assert verify([head()]).ok
    assert verify([Head(0, "0" * 64)]).ok


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit_auditevent SET facts = '{}' WHERE seq = 4", [(4, "changed")]),
        ("UPDATE audit_auditevent SET actor = 'staff:1' WHERE seq = 7", [(7, "changed")]),
        ("UPDATE audit_auditevent SET at = '2020' WHERE seq = 1", [(1, "changed")]),
        ("DELETE FROM audit_auditevent WHERE seq = 5", [(5, "events 5 to 5 are missing")]),
        ("DELETE FROM audit_auditevent WHERE seq < 3", [(1, "events 1 to 2 are missing")]),
        (
            "UPDATE audit_auditevent SET seq = 100 WHERE seq = 3;"
            "UPDATE audit_auditevent SET seq = 3 WHERE seq = 4;"
            "UPDATE audit_auditevent SET seq = 4 WHERE seq = 100",
            [(3, "is event 4, moved here"), (4, "is event 3, moved here"), (5, "replaced")],
        ),
        (
            "UPDATE audit_auditevent SET kind = 'x' WHERE seq = 2;"
            "DELETE FROM audit_auditevent WHERE seq = 6;"
            "UPDATE audit_auditevent SET subject = 'x' WHERE seq = 9",
            [(2, "changed"), (6, "missing"), (9, "changed")],
        ),
    ],
)
def test_what_was_done_to_the_chain_is_found_and_where(chain, statement, found):
    tamper(statement)
    verdict = verify()
    assert not verdict.ok
    assert [fault.seq for fault in verdict.faults] == [seq for seq, _ in found]
    for fault, (_, why) in zip(verdict.faults, found, strict=True):
        assert why in fault.why


def test_a_cut_tail_is_found_with_the_signed_head(chain):
    signed = head()
    tamper("DELETE FROM audit_auditevent WHERE seq > 8")
    assert verify().ok
    verdict = verify([signed])
    (fault,) = verdict.faults
    assert fault.seq == 9
    assert "tail cut" in fault.why


def test_a_chain_that_was_rewritten_whole_is_found_with_the_signed_head(chain):
    signed = head()
    tamper("UPDATE audit_auditevent SET facts = '{}' WHERE seq = 2")
    link = ""
    for event in AuditEvent.objects.all():
        event.prev_hash = link or event.prev_hash
        link = event.hash = digest(Link(*(getattr(event, name) for name in Link._fields)))
        event.save()
    assert verify().ok
    (fault,) = verify([signed, Head(3, "a" * 64), Head(11, "b" * 64)]).faults[:1]
    assert (fault.seq, "rewritten" in fault.why) == (3, True)
    assert {one.seq for one in verify([signed]).faults} == {signed.seq}


def test_the_database_itself_refuses_changes(chain):
    for change in (
        lambda: AuditEvent.objects.filter(seq=3).update(facts="{}"),
        lambda: AuditEvent.objects.filter(seq=3).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert verify().ok


def test_many_writers_make_one_chain(database):
    def write(number: int) -> None:
        for _ in range(5):
            append(Kind.OFFERS_SHOWN, f"kiosk:{number}", "card:x")

    assert world.at_once(6, write) == [None] * 6
    assert (verify().ok, verify().events) == (True, 30)
