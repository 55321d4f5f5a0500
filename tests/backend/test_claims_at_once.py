"""Fifty people reach for one case in the same moment: exactly one has it, whatever the database."""

from pathlib import Path

import pytest

from backend.audit.models import AuditEvent
from backend.audit.services import verify
from backend.cases.claims import claim
from backend.cases.models import Case, Stage
from backend.cases.opening import open_case
from backend.refusal import Refused
from tests.backend import world

CLERKS = 50
ROUNDS = 4


@pytest.fixture
def clerks(database: Path) -> list[world.User]:
    world.add_resident()
    return [world.add_staff(f"clerk{number}", "clerk") for number in range(CLERKS)]


def test_fifty_claim_at_once_and_exactly_one_gets_it(clerks):
    kiosk = world.add_kiosk()
    for turn in range(ROUNDS):
        case_id = f"case-{turn}"
        open_case(kiosk, world.case_request(case_id, visit_id=f"visit-{turn}"))
        results = world.at_once(CLERKS, lambda n, c=case_id: claim(c, clerks[n]))
        winners = [n for n, result in enumerate(results) if result is None]
        assert len(winners) == 1
        others = [result for result in results if result is not None]
        assert all(isinstance(result, Refused) and result.status == 409 for result in others)
        case = Case.objects.get(id=case_id)
        assert (case.stage, case.claimed_by_id) == (Stage.CLAIMED, clerks[winners[0]].pk)
        claims = AuditEvent.objects.filter(kind="case.claimed", subject=f"case:{case_id}")
        assert claims.count() == 1
    assert verify().ok
