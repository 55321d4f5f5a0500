"""Start, find, cancel and complete payments. The provider behind them is an interface."""

import secrets
from typing import Protocol

from django.db import transaction
from django.db.models import QuerySet

from backend.applications.models import Application
from backend.applications.services import application_of, settle
from backend.applications.unfinished import (
    others_of_person,
    paid_twice_with,
    refuse_beside_unfinished,
)
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.opening import open_by_server
from backend.clock import ago, now
from backend.config import hall
from backend.fleet.models import Kiosk
from backend.live.services import bump
from backend.payments.models import Payment, State
from backend.refusal import Refused
from backend_client.contract import CaseReason, PaymentState, PaymentView, RefusalCode


class PaymentProvider(Protocol):
    """Who takes the money. Completion comes back through ``complete``."""

    def qr_text(self, payment: Payment, base_url: str) -> str:
        """Return what the payer's phone must scan."""
        ...


class Simulator:
    """A provider whose payments are paid by opening a page of this server."""

    def qr_text(self, payment: Payment, base_url: str) -> str:
        """Return the page's address."""
        return f"{base_url}/pay/{payment.token}"


def provider() -> PaymentProvider:
    """Return the provider this server works with."""
    return Simulator()


def start(kiosk: Kiosk, application_id: str, visit_id: str) -> Payment:
    """Start the application's payment, or find the one that is pending or paid.

    One person has one open code: what an earlier visit left open can no longer be paid. Raises
    Refused: NOT_FOUND, CONFLICT when there is nothing to pay, PAID_BEFORE, NOT_ELIGIBLE (an order
    of this card is under way).
    """
    with transaction.atomic():
        application = application_of(kiosk, application_id, visit_id)
        live = application.payments.filter(state__in=(State.PENDING, State.PAID)).first()
        if live is not None:
            return live
        if application.settled:
            raise Refused(RefusalCode.CONFLICT, "there is nothing to pay")
        refuse_beside_unfinished(application)
        _cancel_others(application, f"kiosk:{kiosk.id}")
        payment = Payment.objects.create(
            id=secrets.token_hex(12),
            application=application,
            token=secrets.token_urlsafe(16),
            amount_fen=application.fee_fen,
            created_at=now(),
        )
        append(
            Kind.PAYMENT_STARTED,
            f"kiosk:{kiosk.id}",
            f"payment:{payment.id}",
            application=application.id,
            amount_fen=payment.amount_fen,
        )
        bump()
    return payment


def payment_of(kiosk: Kiosk, payment_id: str) -> Payment:
    """Return a payment of this kiosk. Raises Refused NOT_FOUND."""
    found = Payment.objects.filter(id=payment_id, application__kiosk=kiosk).first()
    if found is None:
        raise Refused(RefusalCode.NOT_FOUND, "no such payment at this kiosk")
    return found


def cancel(kiosk: Kiosk, payment_id: str) -> Payment:
    """Cancel a pending payment; one that ended otherwise stays as it is and is returned."""
    with transaction.atomic():
        payment = payment_of(kiosk, payment_id)
        _cancel(payment, f"kiosk:{kiosk.id}")
        payment.refresh_from_db()
    return payment


def cancel_pending(application: Application, who: str) -> None:
    """Cancel what is pending for an application whose fee is to be taken another way.

    The same person's codes of other visits fall with it. Call it inside a transaction.
    """
    for payment in application.payments.filter(state=State.PENDING):
        _cancel(payment, who)
    _cancel_others(application, who)


def is_pending(application: Application) -> bool:
    """Say whether somebody could still pay an application's code, or the person's other one."""
    own = application.payments.filter(state=State.PENDING)
    return own.exists() or _open_codes_of_others(application).exists()


def is_paid(application: Application) -> bool:
    """Say whether an application was paid by its code."""
    return application.payments.filter(state=State.PAID).exists()


def complete(token: str) -> Payment | None:
    """Note that a payment was paid, and settle its application in the same transaction.

    None when there is no such payment. A cancelled one stays cancelled; paid twice is once. Money
    that came although the same was paid for already goes before a person, to be given back.
    """
    with transaction.atomic():
        payment = Payment.objects.select_related("application").filter(token=token).first()
        if payment is None or payment.state != State.PENDING:
            return payment
        paid = Payment.objects.filter(id=payment.id, state=State.PENDING).update(
            state=State.PAID, ended_at=now()
        )
        payment.refresh_from_db()
        if paid:
            append(Kind.PAYMENT_PAID, "payment-provider", f"payment:{payment.id}")
            settle(payment.application, "payment-provider")
            _cancel_others(payment.application, "payment-provider")
            if (other := paid_twice_with(payment.application)) is not None:
                detail = f"paid twice: {other.number} was paid already"
                open_by_server(payment.application, CaseReason.PAID_NOT_ISSUED, detail)
            bump()
    return payment


def expire_pending() -> int:
    """Cancel payments that have been pending for too long; return how many."""
    late = ago(hall().timers.payment_expires_s)
    pending = Payment.objects.filter(state=State.PENDING, created_at__lt=late)
    if not pending.exists():
        return 0
    with transaction.atomic():
        old = list(pending)
        for payment in old:
            _cancel(payment, "system")
    return len(old)


def _open_codes_of_others(application: Application) -> QuerySet[Payment]:
    others = others_of_person(application)
    return Payment.objects.filter(state=State.PENDING, application__in=others)


def _cancel_others(application: Application, who: str) -> None:
    for payment in _open_codes_of_others(application):
        _cancel(payment, who)


def _cancel(payment: Payment, who: str) -> None:
    gone = Payment.objects.filter(id=payment.id, state=State.PENDING).update(
        state=State.CANCELLED, ended_at=now()
    )
    if gone:
        append(Kind.PAYMENT_CANCELLED, who, f"payment:{payment.id}")
        bump()


def payment_view(payment: Payment, base_url: str) -> PaymentView:
    """Build what the kiosk sees."""
    return PaymentView(
        id=payment.id,
        state=PaymentState(payment.state),
        amount_fen=payment.amount_fen,
        qr_text=provider().qr_text(payment, base_url),
    )
