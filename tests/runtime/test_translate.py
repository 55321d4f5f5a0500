"""What a kiosk says: of time never by its clock alone, of a face only what was asked."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.runtime.materials import Materials
from kiosk.runtime.protocols import Match
from kiosk.runtime.translate import case_request, same_person_report, travel_request
from kiosk.session.effects import WatchCase
from kiosk.session.facts import CardPlace, Case, Comparison, Escalation, Travel
from kiosk.session.visit import Ref
from kiosk.values import FailureCause, Reference, Score


def watch_case(place: CardPlace) -> WatchCase:
    case = Case("v-c1", Escalation.PERSON_ASKED, "K1-001")
    return WatchCase(
        Ref("v", 1), case, "offers", place, None, None, None, tries=0, travel=None, keep_card_s=480
    )


def test_how_long_the_card_is_kept_is_told_in_seconds() -> None:
    told = case_request(watch_case(CardPlace.INSIDE), Materials())
    assert (told.card_kept_for_s, told.card_kept_until) == (480, None)
    assert case_request(watch_case(CardPlace.OUT), Materials()).card_kept_for_s is None


def test_the_day_of_travel_is_told_as_it_was_chosen() -> None:
    now = datetime.now(UTC)
    assert travel_request(Travel(now + timedelta(days=2), None)).depart_in_days == 2
    assert travel_request(Travel(now - timedelta(days=1), None)).depart_in_days == 0
    assert travel_request(Travel(None, "funeral")).depart_in_days is None


@pytest.mark.parametrize("like", [9.0, 2.0])
def test_the_same_person_is_told_by_the_score_of_the_cases_portrait_alone(like: float) -> None:
    record, case = (
        Score(reference, "fused", score, 5.0)
        for reference, score in ((Reference.RECORD, 1.0), (Reference.CASE, like))
    )
    cause = FailureCause.REFERENCE
    found = Comparison(False, (record, case), (), "fused", "0" * 64, cause=cause, disagree=True)
    report = same_person_report(Match(found, b"live"), 2)
    assert report is not None
    assert report.matched is case.accepted
    assert [(score.reference, score.score) for score in report.scores] == [("case", like)]
    assert (report.tries, report.cause) == (2, None)
    without = Comparison(True, (record,), (), "fused", "0" * 64)
    assert same_person_report(Match(without, b"live"), 1) is None
