"""Visits taken on by the session's own function, for screens as they really come."""

from dataclasses import replace

from kiosk.session.events import ApplicationMade, Button, Event, PaymentChanged, Touched
from kiosk.session.facts import IdentitySource
from kiosk.session.flow import step
from kiosk.session.rules import Rules
from kiosk.session.visit import Ref, Visit
from kiosk.ui import examples
from kiosk.values import Language

RULES = Rules()
VISITS = dict(examples.visits(Language.ZH_HANS))


def after(visit: Visit, event: Event) -> Visit:
    return step(visit, event, RULES)[0]


def awaited(visit: Visit, kind: str) -> Ref:
    """Return the reference of the one effect of this kind that waits for its answer."""
    (pending,) = (pending for pending in visit.pending if pending.kind == kind)
    return Ref(visit.id, pending.effect_id)


def at_the_code() -> Visit:
    """Return a visit at the payment's code, as the session comes there from Confirm."""
    paying = VISITS["11-pay"]
    confirm = replace(VISITS["10-confirm"], identity=IdentitySource.MATCH)
    visit = after(confirm, Touched(Button.CONFIRM))
    visit = after(visit, ApplicationMade(awaited(visit, "MakeApplication"), paying.application))
    return after(visit, PaymentChanged(awaited(visit, "StartPayment"), paying.payment))
