"""Visits in which the camera is not to be believed: an alarm, or a face check declined.

What deceived a camera may deceive it again, and a person who sees only its picture. From then on
a decision of somebody who has seen the resident is the only way to an accepted identity.
"""

from typing import Any

from backend.cases.models import Case
from backend.fleet.models import Kiosk
from backend_client.contract import CaseReason

DOUBTS = (CaseReason.LIVENESS_ALARM.value, CaseReason.FACE_CHECK_DECLINED.value)


def visit_in_doubt(kiosk: Kiosk | None, visit_id: str) -> bool:
    """Say whether a case of this visit has such a reason, or a reported try with an alarm.

    Where liveness only advises, an alarm opens no case of its own: it comes with another's tries.
    """
    if kiosk is None or not visit_id:
        return False
    cases = Case.objects.filter(kiosk=kiosk, visit_id=visit_id)
    for reason, tries, match in cases.values_list("reason", "tries", "match"):
        if reason in DOUBTS or any(map(_alarmed, (*tries, match))):
            return True
    return False


def _alarmed(capture: dict[str, Any] | None) -> bool:
    """Say whether a reported try or match had the outcome alarm."""
    liveness = (capture or {}).get("liveness") or {}
    return bool(liveness.get("outcome") == "alarm")
