"""Whether a kiosk still goes on with a case: it has the session until it says nothing any more."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from backend.cases.models import SERVERS_OWN, Case
from backend.cases.reasons import is_typed_in
from backend.clock import now
from backend.resume.fencing import newest_session
from backend.resume.models import Session

SILENT_AFTER = timedelta(seconds=60)
"""A kiosk that said nothing for so long no longer holds the session that it began."""


def is_silent(case: Case) -> bool:
    """Say whether the session's kiosk has said nothing for so long that others may go on."""
    return case.kiosk is not None and now() - _last_sign(case) >= SILENT_AFTER


def silent() -> Q:
    """Return the condition on cases that ``is_silent`` is on one."""
    late = now() - SILENT_AFTER
    unheard = Q(kiosk__last_seen_at=None) | Q(kiosk__last_seen_at__lte=late)
    taken_up = Exists(Session.objects.filter(case=OuterRef("pk"), at__gt=late))
    return Q(unheard, ~taken_up, kiosk__isnull=False, created_at__lte=late)


def is_at_kiosk(case: Case) -> bool:
    """Say whether a kiosk goes on by itself with what is decided: its resident stands there."""
    return _is_kiosks(case) and not is_silent(case)


def is_left_by_kiosk(case: Case) -> bool:
    """Say whether a kiosk that should go on with the case has gone silent."""
    return _is_kiosks(case) and is_silent(case)


def _is_kiosks(case: Case) -> bool:
    elsewhere = case.left_with_ticket or case.id.startswith(SERVERS_OWN)
    return not (elsewhere or is_typed_in(case.reason))


def _last_sign(case: Case) -> datetime:
    """Return when the session's kiosk last showed that it is there."""
    session = newest_session(case)
    begun = session.at if session else case.created_at
    seen = case.kiosk.last_seen_at if case.kiosk else None
    return max(begun, seen) if seen else begun
