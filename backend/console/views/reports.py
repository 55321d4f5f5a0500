"""Reports of a day, a month or a closing, their CSV files, and the end of a day."""

from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from backend.accounts.services import actor, has_right
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.clock import now
from backend.console.closing_form import BadForm, handed_case, read_closing
from backend.console.language import language_of
from backend.console.pages import not_found, show, signed_in, staff_page
from backend.console.report_sheet import report_sheet
from backend.console.report_tables import CASES, PAYMENTS, case_rows, payment_rows
from backend.console.texts import say
from backend.refusal import Refused
from backend.reports.handovers import open_cases, who_can_take
from backend.reports.models import DayClosing
from backend.reports.services import (
    close_day,
    closing_after,
    closing_of,
    counts,
    is_as_signed,
    preview,
)
from backend.reports.span import Span, closing_span, day_span, month_span, parse_span
from backend.reports.tables import format_csv

TABLES = {"cases": (CASES, case_rows), "payments": (PAYMENTS, payment_rows)}


@staff_page("view_reports")
@require_GET
def reports_page(request: HttpRequest) -> HttpResponse:
    """Show a day or a month of the calendar, or what a day's signed report counts."""
    span = _span(request)
    if span is None:
        return not_found(request)
    today = timezone.localdate()
    before, after = _neighbours(span, today)
    context = {
        "span": span,
        "sheet": report_sheet(span, language_of(request), now()),
        "before": before,
        "after": after,
        "day": (today if span.kind == "month" else span.first).isoformat(),
        "month": f"{span.first:%Y-%m}",
        "today": today.isoformat(),
        "closing": None if span.kind == "month" else closing_of(span.first),
        "closings": _closings(span) if span.kind == "month" else [],
        "endable": span.is_day and span.first <= today,
    }
    return show(request, "console/reports.html", context, page="reports")


@staff_page("view_reports")
@require_GET
def report_table(request: HttpRequest, name: str) -> HttpResponse:
    """Return one table as CSV."""
    span = _span(request)
    if span is None or name not in TABLES:
        return not_found(request)
    head, rows = TABLES[name]
    text = format_csv(head, rows(span))
    who = actor(signed_in(request))
    append(Kind.REPORT_EXPORTED, who, f"report:{name}", span=span.file_name)
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{span.file_name}.csv"'
    return answer


@sensitive_post_parameters("password")
@staff_page("view_reports")
@require_http_methods(["GET", "POST"])
def day_end(request: HttpRequest, day: str) -> HttpResponse:
    """Show a closed day's report, or what is to be done to close it; POST closes it."""
    span = parse_span(day)
    if span is None or not span.is_day or span.first > timezone.localdate():
        return not_found(request)
    closing = closing_of(span.first)
    later = closing_after(span.first) if closing is None else None
    if request.method == "POST" and closing is None and later is None:
        return _close(request, span.first)
    if closing is not None:
        context = {
            "closing": closing,
            "report": closing.report,
            "notes": dict(closing.handovers.exclude(note="").values_list("case_id", "note")),
            "as_signed": is_as_signed(closing),
            "span": span,
        }
        return show(request, "console/day_end.html", context, page="reports")
    if later is not None:
        context = {"span": span, "later": later, "counted": counts(later, span.first)}
        return show(request, "console/day_end.html", context, page="reports")
    return _closing_form(request, span.first)


def _close(request: HttpRequest, day: date) -> HttpResponse:
    user = signed_in(request)
    password = request.POST.get("password", "")
    said = read_closing(request.POST)
    fault = ""
    if isinstance(said, BadForm):
        fault = said.key
    elif not has_right(user, "close_day"):
        fault = "message.forbidden"
    elif authenticate(request, username=user.get_username(), password=password) is None:
        fault = "dayend.wrong_password"
    else:
        try:
            close_day(day, user, said)
        except Refused as refused:
            fault = f"dayend.refused_{refused.code.value}"
    if fault:
        return _closing_form(request, day, say(language_of(request), fault))
    messages.success(request, say(language_of(request), "dayend.closed_now"), extra_tags="good")
    return HttpResponseRedirect(reverse("console:day_end", args=(day.isoformat(),)))


def _closing_form(request: HttpRequest, day: date, fault: str = "") -> HttpResponse:
    user = signed_in(request)
    context = {
        "span": day_span(day),
        "report": preview(day),
        "cases": [handed_case(case, request.POST) for case in open_cases()],
        "takers": [taker for taker in who_can_take() if taker.pk != user.pk] or [user],
        "may_close": has_right(user, "close_day"),
        "fault": fault,
        "typed": request.POST,
    }
    status = 400 if fault else 200
    return show(request, "console/day_end.html", context, page="reports", status=status)


def _span(request: HttpRequest) -> Span | None:
    asked = request.GET
    if "closing" in asked:
        named = parse_span(asked["closing"])
        closing = closing_of(named.first) if named is not None and named.is_day else None
        return closing_span(closing.day, closing.since, closing.until) if closing else None
    return parse_span(asked.get("day") or asked.get("month") or timezone.localdate().isoformat())


def _neighbours(span: Span, today: date) -> tuple[str, str]:
    """Return the names of the spans of this kind before and after; empty where there is none."""
    if span.kind == "closing":
        days = DayClosing.objects.values_list("day", flat=True)
        earlier = days.filter(day__lt=span.first).order_by("-day").first()
        later = days.filter(day__gt=span.first).order_by("day").first()
        return (earlier.isoformat() if earlier else "", later.isoformat() if later else "")
    before, after = span.first - timedelta(days=1), span.last + timedelta(days=1)
    return _like(span, before).name, _like(span, after).name if after <= today else ""


def _like(span: Span, day: date) -> Span:
    return day_span(day) if span.is_day else month_span(day.year, day.month)


def _closings(span: Span) -> list[DayClosing]:
    closings = DayClosing.objects.filter(day__gte=span.first, day__lte=span.last)
    return list(closings.select_related("closed_by").order_by("day"))
