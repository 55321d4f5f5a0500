"""The queue beside every case's page: the rows, and the filter that is set."""

from html import escape

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from backend.cases.models import Case, IsOpen
from backend.cases.reasons import STAFF_CODES
from backend.clock import now
from backend.config_models import KIOSK_KIND
from backend.console.language import language_of
from backend.console.options import Choice
from backend.console.pages import signed_in
from backend.console.queue_filter import SHOWN, QueueFilter, read_filter
from backend.console.queue_rows import queue_list
from backend.console.shared_rows import rows_for, rows_since, set_clocks
from backend.console.texts import say
from backend.console.words import kiosk_called
from backend.fleet.models import Kiosk
from backend.live.services import current_version
from backend_client.contract import CaseReason


def queue_context(request: HttpRequest, current: str = "") -> dict[str, object]:
    """Return what the queue's column needs; ``current`` is the case that is open."""
    language = language_of(request)
    wanted = read_filter(request)
    return {
        "queue_rows": mark_safe(_rows(signed_in(request), language, current, wanted)),  # noqa: S308 - drawn by templates
        "filter": wanted,
        "filter_shows": [
            Choice(show, say(language, f"queue.show_{show or 'all'}"), show == wanted.show)
            for show in ("", *SHOWN)
        ],
        "filter_kinds": _kinds(language, wanted.kind),
        "filter_kiosks": _kiosks(language, wanted.kiosk),
    }


def _rows(user: User, language: str, current: str, wanted: QueueFilter) -> str:
    """Draw the rows: a filtered list for who filters it, otherwise what is drawn for everybody."""
    if not wanted:
        shared = rows_since(current_version(), language)
        return set_clocks(rows_for(user, shared, current), language)
    moment = now()
    listed = queue_list(user, language, moment, current, wanted)
    context = {"rows": listed.rows, "rows_hidden": listed.hidden, "rows_others": listed.others}
    context |= {"language": language, "now": moment, "filter": wanted}
    return render_to_string("console/parts/queue_rows.html", context)


def _kinds(language: str, chosen: str) -> list[Choice]:
    codes = (*STAFF_CODES, *(reason.value for reason in CaseReason))
    pairs = [
        ("", say(language, "queue.all_kinds")),
        (KIOSK_KIND, say(language, "queue.kind_kiosk")),
        *((code, say(language, f"reason.{code}")) for code in codes),
    ]
    return [Choice(code, text, code == chosen) for code, text in pairs]


def _kiosks(language: str, chosen: str) -> SafeString:
    """Return the options: kiosks with open cases. A city has thousands: no template's loop."""
    busy = set(Case.objects.filter(IsOpen()).values_list("kiosk_id", flat=True).distinct())
    known = Kiosk.objects.filter(id__in={*busy, chosen}).order_by("id")
    shown = [(kiosk.id, kiosk_called(kiosk, language)) for kiosk in known]
    options = [("", say(language, "queue.all_kiosks")), *shown]
    return mark_safe(  # noqa: S308 - escaped here
        "".join(
            f'<option value="{escape(key)}"{" selected" if key == chosen else ""}>'
            f"{escape(name)}</option>"
            for key, name in options
        )
    )
