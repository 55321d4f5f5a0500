"""A case's page and its portraits. Evidence opens by the server's rule and is written down."""

import io

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from PIL import Image

from backend.accounts.services import actor, has_right
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.claims import find
from backend.cases.evidence_access import may_open, open_picture
from backend.cases.models import OPEN_STAGES, Case
from backend.cases.reasons import is_typed_in
from backend.clock import now
from backend.config import hall
from backend.console.case_sheet import CaseSheet, case_sheet
from backend.console.decision_sheet import declined_before
from backend.console.desk_source import may_deliver
from backend.console.desk_tools import may_take_over, receivers
from backend.console.evidence_sheet import evidence_sheet
from backend.console.handovers import handovers_of
from backend.console.language import language_of
from backend.console.options import decision_notes, options_for
from backend.console.pages import not_found, show, signed_in, staff_page
from backend.console.queue_view import queue_context
from backend.console.views.desk import desk_case_page
from backend.console.views.reviews import review_of_case
from backend.refusal import Refused
from backend_client.contract import RefusalCode

BROWSER_TYPES = frozenset({"image/jpeg", "image/png"})
MAX_PIXELS = 24_000_000


@staff_page("view_queue")
@require_GET
def case_page(request: HttpRequest, case_id: str) -> HttpResponse:
    """Show one case; its evidence only to whom it is open, others see its head and who has it."""
    try:
        case = find(case_id)
    except Refused:
        return not_found(request)
    if is_typed_in(case.reason):
        return desk_case_page(request, case)
    user = signed_in(request)
    language = language_of(request)
    moment = now()
    sheet = case_sheet(case, user, language, moment)
    context: dict[str, object] = {
        "sheet": sheet,
        **queue_context(request, case.id),
        "receivers": receivers(case, user, language),
        "may_take_over": may_take_over(case, user),
        "came_from": case.came_from,
        "went_on_as": case.went_on_as.order_by("-created_at").first(),
        "deliverable": may_deliver(case, user),
        "handovers": handovers_of(case),
        "renew_every_s": hall().timers.claim_renew_every_s,
        "lease_minutes": round(hall().timers.claim_lease_s / 60),
        "may_look": may_open(case, user) and not _at_once(case, sheet, user.pk),
        "may_close": sheet.closable and has_right(user, "decide"),
    }
    if may_open(case, user) and (_at_once(case, sheet, user.pk) or request.GET.get("look")):
        append(Kind.EVIDENCE_OPENED, actor(user), f"case:{case.id}", picture="sheet")
        context |= _evidence(request, case, sheet, language)
    return show(request, "console/case.html", context, page="queue", board_case=case.id)


@staff_page("view_queue")
@require_GET
def portrait(request: HttpRequest, case_id: str, which: str) -> HttpResponse:
    """Return one portrait; opening it is written to the audit, and nothing may keep a copy."""
    try:
        data, media_type = open_picture(case_id, which, signed_in(request))
        if media_type not in BROWSER_TYPES:
            data, media_type = _as_png(data), "image/png"
    except Refused as refused:
        return HttpResponse(status=refused.status)
    answer = HttpResponse(data, content_type=media_type)
    answer["Cache-Control"] = "no-store, private"
    answer["Content-Disposition"] = "inline"
    return answer


def _at_once(case: Case, sheet: CaseSheet, user_id: int) -> bool:
    """Say whether the evidence opens with the page: to the one who works on the case.

    Everybody else who may look says so by a touch, so that no opening is an accident.
    """
    own = case.claimed_by_id == user_id
    return own and (case.stage not in OPEN_STAGES or sheet.mine or sheet.decision is not None)


def _evidence(
    request: HttpRequest, case: Case, sheet: CaseSheet, language: str
) -> dict[str, object]:
    user = signed_in(request)
    label = "portrait_not_matched" if case.reason == "portrait_not_matched" else "other"
    found = request.GET.get("find", "")
    return {
        "evidence": evidence_sheet(case, language, now()),
        "why_label": f"case.why_{label}",
        "options": options_for(case, user, language, found) if sheet.mine else [],
        "option_notes": decision_notes(case, user, language) if sheet.mine else [],
        "glass_hours": f"{hall().policy.break_glass.review_within_h:g}",
        "review": review_of_case(case, user, language),
        "declined": declined_before(case, language),
        "opened": request.GET.get("decide", "record_linked" if found else ""),
        "find": found,
    }


def _as_png(data: bytes) -> bytes:
    """Turn a chip's JPEG 2000 into what browsers show; the evidence itself stays as it is."""
    with Image.open(io.BytesIO(data), formats=("JPEG2000",)) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise Refused(RefusalCode.BAD_REQUEST, "the picture is too large to be shown")
        out = io.BytesIO()
        picture.convert("RGB").save(out, "PNG")
    return out.getvalue()
