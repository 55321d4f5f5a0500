"""The journal gives back what it was given, whole, sealed, and forgets what it must."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.runtime.journal import Journal
from kiosk.session import phases
from kiosk.session.effects import EndVisit, SendTravel
from kiosk.session.facts import CardPlace, CardProblem, Outcome, Travel
from kiosk.session.visit import Ref, Visit
from tests.runtime.samples import NUMBER, printing

DEPART = datetime(2030, 1, 2, 3, 4, tzinfo=UTC)
TRAVEL = SendTravel(Ref("boot-3", 50), "case", Travel(DEPART, "funeral"))
END = EndVisit(Ref("boot-3", 51), Outcome.FAILED, CardPlace.INSIDE, "a1", None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


def reopened(path: Path, journal: Journal) -> Journal:
    journal.close()
    return Journal(path)


@pytest.mark.parametrize(
    "phase",
    [
        phases.OutOfService(server_lost=True),
        phases.Attract(chip_left_in_field=True),
        phases.InsertCard(),
        phases.ReadCard(asking_server=True),
        phases.BadCard(CardProblem.SEVERAL_CHIPS),
        phases.ChooseOffer("hk"),
        phases.Notice(),
        phases.Portrait(capturing=True),
        phases.Compare(),
        phases.Confirm(sending=True),
        phases.Pay(cancelling=True),
        phases.Issue(phases.IssueStage.CHECKING_CARD),
        phases.Receipt(),
        phases.TakeCard(Outcome.ISSUED, presented=True),
        phases.Escalated(asking_travel=True),
        phases.Leaving(Outcome.WAITING),
        phases.CardHeld(Outcome.LEFT),
    ],
    ids=lambda phase: str(phase.name),
)
def test_every_phase_comes_back_as_it_was(path: Path, phase: phases.Phase) -> None:
    visit = replace(printing(), phase=phase)
    journal = Journal(path)
    journal.commit(visit)

    journal = reopened(path, journal)

    assert journal.read().visit == visit
    journal.close()


def test_tells_stay_in_order_until_they_are_delivered(path: Path) -> None:
    journal = Journal(path)
    journal.commit(printing(), [TRAVEL, END])
    journal.commit(printing(), [TRAVEL])  # a repeat of the same effect is the same tell

    journal = reopened(path, journal)
    assert journal.read().tells == (TRAVEL, END)

    journal.delivered(TRAVEL)
    assert reopened(path, journal).read().tells == (END,)


def test_owed_tells_wait_for_the_cards_place(path: Path) -> None:
    journal = Journal(path)
    journal.begin_run(Visit("next"), [TRAVEL], [END])
    left = journal.read()
    assert (left.tells, left.owed) == ((TRAVEL,), (END,))

    journal.commit(Visit("next"), settled=[replace(END, card_place=CardPlace.OUT)])

    left = reopened(path, journal).read()
    assert left.owed == ()
    assert left.tells == (TRAVEL, replace(END, card_place=CardPlace.OUT))


def test_marks_live_as_long_as_their_visit(path: Path) -> None:
    journal = Journal(path)
    ref = Ref(printing().id, 41)
    journal.commit(printing())
    journal.mark(ref, "rewriting")
    journal.mark(ref, "printed")
    assert journal.read().marks == {ref: "printed"}

    journal.commit(printing().forget_person())

    assert journal.read().marks == {}
    journal.close()


def test_nothing_of_the_person_can_be_read_from_the_files(path: Path) -> None:
    journal = Journal(path)
    journal.commit(printing(), [TRAVEL])
    journal.commit(printing().forget_person())
    journal.delivered(TRAVEL)

    everything = b"".join(file.read_bytes() for file in path.parent.iterdir())

    for word in (NUMBER, "李晓明", "1990-01-01", "funeral", "2030-01-02"):
        assert word.encode() not in everything
    journal.close()


def test_the_person_before_is_gone_even_for_who_has_the_key(path: Path) -> None:
    journal = Journal(path)
    journal.commit(printing())
    sealed = journal._db.execute("SELECT body FROM visit").fetchone()[0]
    journal.commit(printing().forget_person())

    everything = b"".join(file.read_bytes() for file in path.parent.iterdir())

    assert bytes(sealed)[:64] not in everything
    journal.close()


def test_a_row_that_cannot_be_opened_is_left_out(path: Path) -> None:
    journal = Journal(path)
    journal.commit(printing(), [TRAVEL])
    journal.close()
    path.with_suffix(".key").unlink()

    left = Journal(path).read()

    assert left.visit is None
    assert left.tells == ()


def test_the_key_is_the_owners_alone(path: Path) -> None:
    Journal(path).close()
    assert path.with_suffix(".key").stat().st_mode & 0o777 == 0o600


def test_the_sequence_goes_on_over_two_restarts_and_over_a_visit_that_cannot_be_read(
    path: Path,
) -> None:
    journal = Journal(path)
    assert journal.read().next_sequence == 0
    journal.commit(printing(sequence=7))

    journal = reopened(path, journal)
    first = Visit("boot-2", sequence=journal.read().next_sequence)
    journal.begin_run(first, (), ())
    journal.commit(first.forget_person())

    path.with_suffix(".key").unlink()  # sealed with another key now
    journal = reopened(path, journal)
    left = journal.read()
    assert left.visit is None
    assert (first.sequence, left.next_sequence) == (8, 10)
    journal.close()
