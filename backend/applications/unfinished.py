"""What the same person has paid for and not got, or is being printed: nothing is charged twice.

A visit sees only itself; these questions are asked over all visits and all cards of the person.
Ask them inside the transaction that makes or changes something: one writes at a time, so what is
read then still holds when it is written.
"""

from django.db.models import Q, QuerySet

from backend.applications.models import Application
from backend.records.models import Permit
from backend.refusal import Refused
from backend_client.contract import RefusalCode

UNDER_WAY = ("ordered", "printing", "unknown")
ISSUED = ("printed", "at_counter")
PAID = Q(fee_fen__gt=0, settled_at__isnull=False, refunded_at__isnull=True)


def is_paid_unissued(application: Application | None) -> bool:
    """Say whether a fee is here for which no endorsement was given yet.

    Read anew: a row may have been fetched before the payment came in.
    """
    return application is not None and _paid_and_not_issued().filter(id=application.id).exists()


def others_of_person(application: Application) -> QuerySet[Application]:
    """Return all other applications of the same card, or of another card of its holder."""
    return _of_person(application.card_number).exclude(id=application.id)


def paid_and_not_issued(card_number: str) -> QuerySet[Application]:
    """Return what the card's holder has paid for and neither got nor was refunded; oldest first."""
    return (_paid_and_not_issued() & _of_person(card_number)).order_by("settled_at", "id")


def refuse_beside_unfinished(application: Application) -> None:
    """Refuse to go on with what is not settled while another one waits for its end.

    A print that may have happened must not be followed by another one without a person, and money
    that is there is used before any more is asked for. Raises Refused: PAID_BEFORE, NOT_ELIGIBLE.
    """
    if paid_and_not_issued(application.card_number).exclude(id=application.id).exists():
        raise Refused(RefusalCode.PAID_BEFORE, "an earlier application is paid and not issued")
    if others_of_person(application).filter(order__state__in=UNDER_WAY).exists():
        raise Refused(RefusalCode.NOT_ELIGIBLE, "another order of this card is under way")


def find_to_go_on_with(card_number: str, offer_code: str) -> Application | None:
    """Return the unfinished application for this offer that a person may go on with.

    Raises Refused PAID_BEFORE where something else is paid and has to be ended first.
    """
    paid = list(paid_and_not_issued(card_number))
    same = next((one for one in paid if one.offer_code == offer_code), None)
    if same is None and paid:
        raise Refused(RefusalCode.PAID_BEFORE, "an earlier application is paid and not issued")
    if same is not None:
        return same
    begun = _of_person(card_number).filter(offer_code=offer_code, order__state__in=UNDER_WAY)
    return begun.order_by("created_at").first()


def paid_twice_with(application: Application) -> Application | None:
    """Return the other application for which the same was paid, where this one's fee goes back.

    Of two that are paid and not issued it is the later one; beside one that was issued meanwhile,
    or is being printed, it is the one that was not.
    """
    order = getattr(application, "order", None)
    if application.settled_at is None or application.refunded_at is not None:
        return None
    if application.fee_fen == 0 or (order is not None and order.state in ISSUED):
        return None
    paid = others_of_person(application).filter(PAID, offer_code=application.offer_code)
    issued = Q(order__state__in=ISSUED, order__ended_at__gt=application.created_at)
    earlier = Q(settled_at__lt=application.settled_at) & ~Q(order__state__in=ISSUED)
    return paid.filter(issued | earlier).order_by("settled_at").first()


def _paid_and_not_issued() -> QuerySet[Application]:
    return Application.objects.filter(PAID).exclude(order__state__in=ISSUED)


def _of_person(card_number: str) -> QuerySet[Application]:
    holder = Permit.objects.filter(card_number=card_number).values("resident")
    cards = Permit.objects.filter(resident__in=holder).values_list("card_number", flat=True)
    return Application.objects.filter(card_number__in={card_number, *cards})
