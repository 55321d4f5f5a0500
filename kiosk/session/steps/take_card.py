"""TakeCard: the card comes out and is taken, drawn in, or held and reported."""

from dataclasses import replace

from kiosk.session.effects import DrawCardIn, EjectCard, WatchGate
from kiosk.session.events import Button, CardMoved, EffectFailed, Event, TimeUp, Touched
from kiosk.session.facts import CardPlace, Escalation, Outcome
from kiosk.session.phases import CardHeld, TakeCard
from kiosk.session.rules import Rules
from kiosk.session.steps.call_person import call_person
from kiosk.session.turn import Turn
from kiosk.session.way import end_visit, report_case

MAX_EJECTS = 3


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Follow the card until its place is out or held."""
    phase = turn.visit.phase
    if not isinstance(phase, TakeCard):
        return None
    match event:
        case CardMoved(place=CardPlace.OUT):
            return end_visit(turn.set(card_place=CardPlace.OUT), phase.outcome)
        case CardMoved(place=CardPlace.AT_GATE):
            return (
                turn.set(card_place=CardPlace.AT_GATE, phase=replace(phase, presented=True))
                .cancel("timer:take_card")
                .ask(WatchGate)
                .timer("take_card", rules.timers.take_card)
            )
        case CardMoved(place=CardPlace.HELD):
            turn = turn.set(card_place=CardPlace.HELD)
            return end_visit(
                report_case(turn, Escalation.CARD_HELD, rules, "drawn into the bin"), phase.outcome
            )
        case CardMoved(place=CardPlace.INSIDE) | EffectFailed():
            return _stuck(turn, phase, rules)
        case TimeUp(timer="eject_again"):
            return turn.set(phase=replace(phase, attempts=phase.attempts + 1)).ask(EjectCard)
        case TimeUp(timer="take_card"):
            return _not_taken(turn, phase.outcome, rules)
        case Touched(button=Button.ASK_PERSON):
            return call_person(turn, Escalation.PERSON_ASKED, rules)
        case _:
            return None


def _stuck(turn: Turn, phase: TakeCard, rules: Rules) -> Turn:
    if phase.attempts >= MAX_EJECTS:
        return hold(turn, phase.outcome, rules, "the card does not come out")
    return turn.cancel("timer:take_card", "WatchGate").timer(
        "eject_again", rules.timers.eject_again
    )


def _not_taken(turn: Turn, outcome: Outcome, rules: Rules) -> Turn:
    if rules.slot_has_bin:
        return turn.cancel("WatchGate").ask(DrawCardIn)
    return hold(turn, outcome, rules, "the card was not taken")


def hold(turn: Turn, outcome: Outcome, rules: Rules, detail: str) -> Turn:
    """Keep the kiosk for nobody else until the card is gone, and tell staff."""
    turn = turn.set(card_place=CardPlace.HELD)
    turn = report_case(turn, Escalation.CARD_HELD, rules, detail)
    return turn.enter(CardHeld(outcome)).ask(WatchGate)
