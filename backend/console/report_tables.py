"""The tables that can be taken away as CSV: cases, payments. Nobody's name is in them."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Min, Q
from django.utils.timezone import localtime

from backend.applications.models import Application
from backend.cases.models import Case, Decision
from backend.payments.models import Payment
from backend.payments.models import State as PaymentState
from backend.reports.cash import way_of
from backend.reports.span import Span
from backend.reports.tables import Cell

CASES = (
    "case",
    "ticket",
    "kiosk",
    "reason",
    "ground",
    "created_at",
    "decide_by",
    "claimed_at",
    "in_force_at",
    "closed_at",
    "decision",
    "outcome",
)
PAYMENTS = (
    "application",
    "kiosk",
    "offer",
    "settled_at",
    "way",
    "amount_yuan",
    "order",
    "order_state",
    "issued_at",
)


def case_rows(span: Span) -> Iterator[tuple[Cell, ...]]:
    """Yield the cases that began in the span."""
    in_force = Q(decisions__state=Decision.State.IN_FORCE)
    cases = (
        Case.objects.filter(created_at__gte=span.start, created_at__lt=span.end)
        .annotate(
            in_force_at=Min("decisions__in_force_at", filter=in_force),
            decided=Min("decisions__kind", filter=in_force),
        )
        .order_by("created_at")
    )
    for case in cases.iterator(chunk_size=1000):
        yield (
            case.id,
            case.ticket,
            case.kiosk_id or "",
            case.reason,
            case.ground,
            _local(case.created_at),
            _local(case.decide_by),
            _local(case.claimed_at),
            _local(case.in_force_at),
            _local(case.closed_at),
            case.decided or "",
            case.close_outcome,
        )


def payment_rows(span: Span) -> Iterator[tuple[Cell, ...]]:
    """Yield what was settled in the span, with its order."""
    settled = (
        Application.objects.filter(settled_at__gte=span.start, settled_at__lt=span.end)
        .select_related("order")
        .order_by("settled_at")
    )
    paid = dict(
        Payment.objects.filter(state=PaymentState.PAID, application__in=settled).values_list(
            "application_id", "amount_fen"
        )
    )
    for application in settled.iterator(chunk_size=1000):
        order = getattr(application, "order", None)
        amount = paid.get(application.id)
        yield (
            application.number,
            application.kiosk_id,
            application.offer_code,
            _local(application.settled_at),
            way_of(application, amount),
            (application.fee_fen if amount is None else amount) / 100,
            order.number if order else "",
            order.state if order else "",
            _local(order.ended_at) if order else "",
        )


def _local(moment: datetime | None) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else ""
