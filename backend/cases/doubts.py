"""Visits in which the camera is not to be believed: an alarm, or a face check declined.

What deceived a camera may deceive it again, and a person who sees only its picture. From then on
a decision of somebody who has seen the resident is the only way to an accepted identity.
"""

from backend.cases.models import Case
from backend.fleet.models import Kiosk
from backend_client.contract import CaseReason

DOUBTS = (CaseReason.LIVENESS_ALARM.value, CaseReason.FACE_CHECK_DECLINED.value)


def visit_in_doubt(kiosk: Kiosk | None, visit_id: str) -> bool:
    """Say whether a case of this visit was opened for such a reason."""
    if kiosk is None or not visit_id:
        return False
    return Case.objects.filter(kiosk=kiosk, visit_id=visit_id, reason__in=DOUBTS).exists()
