"""Which session of a case is the newest, and whether it may still act."""

from datetime import datetime

from django.db.models import Max

from backend.cases.models import Case
from backend.fleet.models import Kiosk
from backend.refusal import Refused
from backend.resume.models import Session
from backend_client.contract import RefusalCode

FIRST = 1


def session_of(case: Case) -> int:
    """Return the number of the case's newest session."""
    newest: int | None = case.sessions.aggregate(newest=Max("number"))["newest"]
    return newest or FIRST


def newest_session(case: Case) -> Session | None:
    """Return the row of the newest session; None while the first one goes on."""
    return case.sessions.order_by("-number").first()


def was_ever_at(case: Case, kiosk: Kiosk) -> bool:
    """Say whether this kiosk has, or once had, the case: for others it does not exist."""
    return case.kiosk_id == kiosk.pk or case.sessions.filter(before=kiosk).exists()


def check_session(case: Case, number: int) -> None:
    """Refuse a message of a session that another one has followed. Raises Refused STALE_TOKEN."""
    if number != session_of(case):
        raise Refused(RefusalCode.STALE_TOKEN, "the case was taken up elsewhere since")


def holds_for_session(case: Case, decided_at: datetime) -> bool:
    """Say whether an acceptance of this moment holds in the newest session.

    It names the face that was looked at: after a resume the server must have seen the match
    with the case's own portrait, or the card alone would carry a person's word to somebody else.
    A case without one is accepted by who has seen the resident; in person, so in this session.
    """
    newest = newest_session(case)
    if newest is None or newest.same_person is True:
        return True
    return case.live_portrait_id is None and decided_at >= newest.at
