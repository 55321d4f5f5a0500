"""Nothing that a kiosk says of time rests on its clock alone."""

from datetime import UTC, datetime, timedelta

from kiosk.runtime.materials import Materials
from kiosk.runtime.translate import case_request, travel_request
from kiosk.session.effects import WatchCase
from kiosk.session.facts import CardPlace, Case, Escalation, Travel
from kiosk.session.visit import Ref


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
