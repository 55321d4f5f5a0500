"""The queue beside every case's page: the rows, and the filter that is set."""

from django.http import HttpRequest

from backend.cases.models import OPEN_STAGES
from backend.cases.reasons import STAFF_CODES
from backend.clock import now
from backend.config_models import KIOSK_KIND
from backend.console.language import language_of
from backend.console.options import Choice
from backend.console.pages import signed_in
from backend.console.queue_filter import SHOWN, read_filter
from backend.console.queue_rows import queue_list
from backend.console.texts import say
from backend.fleet.models import Kiosk
from backend_client.contract import CaseReason


def queue_context(request: HttpRequest, current: str = "") -> dict[str, object]:
    """Return what the queue's column needs; ``current`` is the case that is open."""
    language = language_of(request)
    wanted = read_filter(request)
    listed = queue_list(signed_in(request), language, now(), current, wanted)
    return {
        "rows": listed.rows,
        "rows_hidden": listed.hidden,
        "rows_others": listed.others,
        "filter": wanted,
        "filter_shows": [
            Choice(show, say(language, f"queue.show_{show or 'all'}"), show == wanted.show)
            for show in ("", *SHOWN)
        ],
        "filter_kinds": _kinds(language, wanted.kind),
        "filter_kiosks": _kiosks(language, wanted.kiosk),
    }


def _kinds(language: str, chosen: str) -> list[Choice]:
    codes = (*STAFF_CODES, *(reason.value for reason in CaseReason))
    pairs = [
        ("", say(language, "queue.all_kinds")),
        (KIOSK_KIND, say(language, "queue.kind_kiosk")),
        *((code, say(language, f"reason.{code}")) for code in codes),
    ]
    return [Choice(code, text, code == chosen) for code, text in pairs]


def _kiosks(language: str, chosen: str) -> list[Choice]:
    open_here = Kiosk.objects.filter(case__stage__in=OPEN_STAGES).distinct()
    known = open_here.values_list("id", "name")
    rows = sorted({*known, *Kiosk.objects.filter(id=chosen).values_list("id", "name")})
    pairs = [("", say(language, "queue.all_kiosks")), *rows]
    return [Choice(code, text, code == chosen) for code, text in pairs]
