"""Cash-up: what was paid, by which way, against what was issued for it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from backend.applications.models import Application
from backend.applications.unfinished import paid_twice_with
from backend.orders.models import IssueOrder
from backend.orders.models import State as OrderState
from backend.payments.models import Payment
from backend.payments.models import State as PaymentState

ISSUED = (OrderState.PRINTED, OrderState.AT_COUNTER)
WAYS = ("qr", "counter", "free")
"""By the payment provider's QR code, taken at the counter, free by rule."""


@dataclass(slots=True)
class Way:
    """One way of payment: applications settled by it, and what of that is issued, in fen."""

    way: str
    count: int = 0
    amount_fen: int = 0
    issued: int = 0
    issued_fen: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not agree. ``code`` is one of the console's words."""

    code: str
    application: str
    way: str
    amount_fen: int
    order: str
    kiosk: str


@dataclass(slots=True)
class CashUp:
    """All of it; ``earlier`` counts what was issued now from what was paid before."""

    ways: list[Way] = field(default_factory=lambda: [Way(way) for way in WAYS])
    differences: list[Difference] = field(default_factory=list)
    earlier: int = 0
    earlier_fen: int = 0

    def way(self, name: str) -> Way:
        """Return one way's line."""
        return next(way for way in self.ways if way.way == name)

    @property
    def total(self) -> Way:
        """Return the sum of all ways."""
        total = Way("total")
        for way in self.ways:
            total.count += way.count
            total.amount_fen += way.amount_fen
            total.issued += way.issued
            total.issued_fen += way.issued_fen
        return total


def cash_up(since: datetime, until: datetime) -> CashUp:
    """Set what was settled from ``since`` until before ``until`` against the orders."""
    found = CashUp()
    settled = (
        Application.objects.filter(settled_at__gte=since, settled_at__lt=until)
        .select_related("order")
        .order_by("settled_at")
    )
    paid = _paid_amounts(settled)
    for application in settled:
        _count(found, application, paid.get(application.id))
    _issued_otherwise(found, since, until)
    _given_back(found, since, until)
    return found


def _paid_amounts(settled: QuerySet[Application]) -> dict[str, int]:
    rows = Payment.objects.filter(state=PaymentState.PAID, application__in=settled)
    return dict(rows.values_list("application_id", "amount_fen"))


def way_of(application: Application, paid_fen: int | None) -> str:
    """Return the way in which a settled application was paid."""
    if paid_fen is not None:
        return "qr"
    return "counter" if application.fee_fen else "free"


def _count(found: CashUp, application: Application, paid_fen: int | None) -> None:
    way = found.way(way_of(application, paid_fen))
    amount = application.fee_fen if paid_fen is None else paid_fen
    order = getattr(application, "order", None)
    way.count += 1
    way.amount_fen += amount
    if order is not None and order.state in ISSUED:
        way.issued += 1
        way.issued_fen += amount
    elif amount and application.refunded_at is None:
        code = f"print_{order.state}" if order is not None else "no_order"
        if paid_twice_with(application) is not None:
            code = "paid_twice"
        found.differences.append(_difference(code, application, way.way, amount, order))
    if paid_fen is not None and paid_fen != application.fee_fen:
        found.differences.append(
            _difference("amount_differs", application, way.way, paid_fen, order)
        )


def _issued_otherwise(found: CashUp, since: datetime, until: datetime) -> None:
    """Count what was issued from earlier payments, and find what was issued unpaid."""
    issued = IssueOrder.objects.filter(
        state__in=ISSUED, ended_at__gte=since, ended_at__lt=until
    ).select_related("application")
    outside = Q(application__settled_at__lt=since) | Q(application__settled_at__isnull=True)
    for order in issued.filter(outside).order_by("ended_at"):
        application = order.application
        if application.settled:
            found.earlier += 1
            found.earlier_fen += application.fee_fen
        else:
            found.differences.append(
                _difference("issued_unpaid", application, "", application.fee_fen, order)
            )


def _given_back(found: CashUp, since: datetime, until: datetime) -> None:
    """List what was given back in the span, whenever it was paid."""
    refunded = Application.objects.filter(refunded_at__gte=since, refunded_at__lt=until)
    paid = _paid_amounts(refunded)
    for application in refunded.select_related("order").order_by("refunded_at"):
        amount = paid.get(application.id)
        way = way_of(application, amount)
        fen = application.fee_fen if amount is None else amount
        order = getattr(application, "order", None)
        found.differences.append(_difference("refunded", application, way, fen, order))


def _difference(
    code: str, application: Application, way: str, amount_fen: int, order: IssueOrder | None
) -> Difference:
    return Difference(
        code=code,
        application=application.number,
        way=way,
        amount_fen=amount_fen,
        order=order.number if order is not None else "",
        kiosk=application.kiosk_id or "",
    )
