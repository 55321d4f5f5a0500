"""What of the queue a person wants to see. It is kept for the session, and the page says so."""

import re
from dataclasses import asdict, dataclass

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from backend.cases.models import Case, Stage
from backend.cases.queue import awake
from backend.cases.reasons import STAFF_CODES
from backend.config_models import KIOSK_KIND
from backend.reports.handovers import handed_to
from backend_client.contract import CaseReason

SHOWN = ("mine", "unclaimed", "raised", "planned")
KINDS = (KIOSK_KIND, *STAFF_CODES, *(reason.value for reason in CaseReason))
KIOSK = re.compile(r"[A-Za-z0-9_-]{1,16}")
SESSION_KEY = "queue_filter"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which cases: how they stand, of which kind, from which kiosk; empty means all."""

    show: str = ""
    kind: str = ""
    kiosk: str = ""

    def apply(self, cases: QuerySet[Case], user: User) -> QuerySet[Case]:
        """Return those of ``cases`` that the filter lets through."""
        match self.show:
            case "mine":
                left_to_me = Q(claimed_by=None, id__in=handed_to(user).values("case"))
                cases = cases.filter(Q(claimed_by=user) | Q(request__goes=user) | left_to_me)
            case "unclaimed":
                cases = cases.filter(awake(), stage=Stage.WAITING)
            case "raised":
                cases = cases.filter(level__gt=0)
            case "planned":
                cases = cases.exclude(awake())
        if self.kind == KIOSK_KIND:
            cases = cases.exclude(reason__in=STAFF_CODES)
        elif self.kind:
            cases = cases.filter(reason=self.kind)
        return cases.filter(kiosk_id=self.kiosk) if self.kiosk else cases

    def __bool__(self) -> bool:
        return bool(self.show or self.kind or self.kiosk)


def read_filter(request: HttpRequest) -> QueueFilter:
    """Return the filter that this session keeps."""
    kept = request.session.get(SESSION_KEY, {})
    return _checked(kept if isinstance(kept, dict) else {})


def keep_filter(request: HttpRequest) -> QueueFilter:
    """Return the filter that the address names and keep it; without one, the session's."""
    if not {"show", "kind", "kiosk"} & set(request.GET):
        return read_filter(request)
    wanted = _checked(request.GET)
    request.session[SESSION_KEY] = asdict(wanted)
    return wanted


def _checked(values: QueryDict | dict[str, object]) -> QueueFilter:
    """Return a filter of known values; what is not known filters nothing."""
    show, kind, kiosk = (str(values.get(name) or "") for name in ("show", "kind", "kiosk"))
    return QueueFilter(
        show if show in SHOWN else "",
        kind if kind in KINDS else "",
        kiosk if KIOSK.fullmatch(kiosk) else "",
    )
