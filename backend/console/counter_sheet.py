"""One application at the counter as the page lays it out, and how it is found."""

import re
from dataclasses import dataclass

from django.db.models import Value
from django.db.models.functions import Replace, Upper
from django.utils.timezone import localtime

from backend.applications.models import Application
from backend.applications.services import offers_at_counter
from backend.applications.unfinished import paid_twice_with
from backend.cases.models import OPEN_STAGES, Case, Stage
from backend.console.case_sheet import heading_of, state_of
from backend.console.handovers import Handover, handovers_of
from backend.console.options import Choice
from backend.console.words import case_offer_title, kiosk_called, offer_title
from backend.fleet.models import Kiosk
from backend.orders.counter import OPEN_ORDER, may_issue, order_of
from backend.orders.models import State
from backend.orders.refunds import is_refundable
from backend.payments.services import is_pending

LIMIT = 20
QR = re.compile(r"KIOSK-CASE:([A-Za-z0-9_-]{1,64})", re.IGNORECASE)
CARD = re.compile(r"C[0-9A-HJ-NP-Z][0-9]{7}")


@dataclass(frozen=True, slots=True)
class CounterCard:
    """One case in a list; it names nobody."""

    case_id: str
    heading: str
    reason: str
    stage: str
    at: str
    handovers: list[Handover]


@dataclass(frozen=True, slots=True)
class CounterSheet:
    """All of one application that the counter needs. ``order`` is its state, empty before one."""

    case_id: str
    state: str
    ticket: str
    heading: str
    title: str
    holder: str
    card_number: str
    number: str
    reason: str
    closed: bool
    takeable: bool
    issuable: bool
    offers: list[Choice]
    fee: str
    paid: bool
    code_open: bool
    free: bool
    order: str
    order_kiosk: str
    unknown: bool
    kiosks: list[Choice]
    handovers: list[Handover]
    refundable: bool
    paid_twice: str


def look_up(wanted: str) -> list[Case]:
    """Return the cases that a ticket's number, the text of its QR or a card's number names.

    Of a card only what is not closed; blanks and letter case do not matter.
    """
    plain = wanted.replace(" ", "")
    cases = Case.objects.select_related("kiosk", "application").order_by("-created_at")
    code = QR.search(plain)
    if code:
        return list(cases.filter(id=code[1]))
    upper = plain.upper()
    if CARD.fullmatch(upper):
        return list(cases.filter(card_number=upper).exclude(stage=Stage.CLOSED)[:LIMIT])
    if not upper:
        return []
    number = Upper(Replace("ticket", Value(" "), Value("")))
    return list(cases.annotate(plain=number).filter(plain=upper[:16])[:LIMIT])


def counter_card(case: Case, language: str) -> CounterCard:
    """Lay out one case of a list."""
    return CounterCard(
        case_id=case.id,
        heading=heading_of(case, language),
        reason=case.reason,
        stage=case.stage,
        at=f"{localtime(case.created_at):%m-%d %H:%M}",
        handovers=handovers_of(case)[:1],
    )


def counter_sheet(case: Case, language: str) -> CounterSheet:
    """Lay out one case at the counter."""
    application = case.application
    order = order_of(application)
    state = order.state if order else ""
    resident = case.permit.resident if case.permit else None
    closed = case.stage == Stage.CLOSED
    open_order = order is None or order.state in (*OPEN_ORDER, State.UNKNOWN)
    content = application is not None or bool(case.card_number)
    return CounterSheet(
        case_id=case.id,
        state=state_of(case),
        ticket=case.ticket,
        heading=heading_of(case, language),
        title=case_offer_title(case, language),
        holder=f"{resident.name_zh} · {resident.born}" if resident else "",
        card_number=case.card_number,
        number=application.number if application else "",
        reason=case.reason,
        closed=closed,
        takeable=not closed and case.stage in OPEN_STAGES,
        issuable=not closed and may_issue(case) and open_order and content,
        offers=_offers(case, language),
        fee=f"{application.fee_fen / 100:.2f}" if application else "",
        paid=application is not None and application.settled,
        code_open=application is not None and is_pending(application),
        free=application is not None and application.fee_fen == 0,
        order=state,
        order_kiosk=kiosk_called(order.kiosk, language)
        if order and order.kiosk and order.at_named_kiosk
        else "",
        unknown=state == State.UNKNOWN,
        kiosks=_kiosks(case, language),
        handovers=handovers_of(case),
        refundable=is_refundable(case),
        paid_twice=paid_twice_number(application),
    )


def paid_twice_number(application: Application | None) -> str:
    """Return the number of what was paid besides for the same, where this fee goes back."""
    other = paid_twice_with(application) if application else None
    return other.number if other else ""


def _offers(case: Case, language: str) -> list[Choice]:
    """Return what may be chosen where the case does not say what it is about."""
    if case.application is not None:
        return []
    return [
        Choice(
            offer.code,
            f"{offer_title(offer.code, language)} · ¥{offer.fee_fen / 100:.2f}",
            offer.code == case.offer_code,
        )
        for offer in offers_at_counter(case)
    ]


def _kiosks(case: Case, language: str) -> list[Choice]:
    """Return the kiosks that print what the counter sends to them."""
    if not case.card_number:
        return []
    kiosks = Kiosk.objects.filter(revoked_at=None, resumes=True).order_by("id")
    return [
        Choice(kiosk.id, kiosk_called(kiosk, language), kiosk.id == case.kiosk_id)
        for kiosk in kiosks
    ]
