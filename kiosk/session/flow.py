"""The visit's one function: ``step(visit, event, rules) -> (visit, effects)``.

Order of a step: an answer that is not awaited is dropped; news that concern every phase are
handled at the root; then the phase's own module; what nobody handles is either on the list of
ignorable pairs or leads to the safe end.
"""

from collections.abc import Callable
from enum import Enum

from kiosk.session.effects import Effect
from kiosk.session.events import Answer, Event
from kiosk.session.ignorable import is_ignorable
from kiosk.session.root import answered, idle_watch, on_root
from kiosk.session.rules import Rules
from kiosk.session.steps import (
    attract,
    bad_card,
    card_held,
    compare,
    confirm,
    escalated,
    issue,
    leaving,
    notice,
    offers,
    out_of_service,
    pay,
    portrait,
    read_card,
    receipt,
    take_card,
    welcome_back,
)
from kiosk.session.turn import Turn
from kiosk.session.visit import Visit
from kiosk.session.way import go_safe

Handler = Callable[[Turn, Event, Rules], Turn | None]

HANDLERS: dict[str, Handler] = {
    "out_of_service": out_of_service.on,
    "attract": attract.on,
    "insert_card": attract.on,
    "read_card": read_card.on,
    "bad_card": bad_card.on,
    "welcome_back": welcome_back.on,
    "offers": offers.on,
    "notice": notice.on,
    "portrait": portrait.on,
    "compare": compare.on,
    "confirm": confirm.on,
    "pay": pay.on,
    "issue": issue.on,
    "receipt": receipt.on,
    "take_card": take_card.on,
    "escalated": escalated.on,
    "leaving": leaving.on,
    "card_held": card_held.on,
}


class Reception(Enum):
    """What became of an event."""

    DROPPED = "dropped"  # an answer that nobody awaits
    HANDLED = "handled"
    IGNORED = "ignored"  # on the list
    UNFORESEEN = "unforeseen"  # led to the safe end


def step(visit: Visit, event: Event, rules: Rules) -> tuple[Visit, tuple[Effect, ...]]:
    """Return the visit after this event and what it asks of the world. Pure."""
    visit, effects, _ = receive(visit, event, rules)
    return visit, effects


def receive(
    visit: Visit, event: Event, rules: Rules
) -> tuple[Visit, tuple[Effect, ...], Reception]:
    """Do what ``step`` does and say what became of the event."""
    turn = Turn(visit)
    if isinstance(event, Answer):
        taken = answered(visit, event)
        if taken is None:
            return visit, (), Reception.DROPPED
        turn = Turn(taken)
    after = on_root(turn, event, rules)
    if after is None:
        after = HANDLERS[visit.phase.name](turn, event, rules)
    reception = Reception.HANDLED
    if after is None and is_ignorable(visit.phase.name, event):
        after, reception = turn, Reception.IGNORED
    elif after is None:
        detail = f"unforeseen {type(event).__name__} in {visit.phase.name}"
        after, reception = go_safe(turn, rules, detail), Reception.UNFORESEEN
    after = idle_watch(after, event, rules)
    return after.visit, after.effects, reception
