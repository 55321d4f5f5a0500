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
            return _at_gate(turn.set(card_place=CardPlace.AT_GATE), phase, rules)
        case CardMoved(place=CardPlace.HELD):
            turn = turn.set(card_place=CardPlace.HELD)
            return end_visit(
                report_case(turn, Escalation.CARD_HELD, rules, "drawn into the bin"), phase.outcome
            )
        case CardMoved(place=CardPlace.INSIDE):
            return _stuck(turn.set(card_place=CardPlace.INSIDE), phase, rules)
        case EffectFailed():
            return _stuck(turn, phase, rules)
        case TimeUp(timer="eject_again"):
            return _again(turn, phase)
        case TimeUp(timer="take_card"):
            return _not_taken(turn, phase, rules)
        case Touched(button=Button.ASK_PERSON):
            return call_person(turn, Escalation.PERSON_ASKED, rules)
        case _:
            return None


def _stuck(turn: Turn, phase: TakeCard, rules: Rules) -> Turn:
    if phase.attempts >= MAX_EJECTS:
        return hold(turn, phase.outcome, rules, "the card does not come out")
    return (
        turn.set(phase=replace(phase, presented=False, drawing_in=False))
        .cancel("timer:take_card", "WatchGate")
        .timer("eject_again", rules.timers.eject_again)
    )


def _at_gate(turn: Turn, phase: TakeCard, rules: Rules) -> Turn:
    if phase.drawing_in:
        return hold(turn, phase.outcome, rules, "the card could not be drawn in")
    if phase.presented:
        # The watch gave up before the resident took it: look again soon, the wait runs on.
        return turn.timer("eject_again", rules.timers.eject_again)
    return (
        turn.set(phase=replace(phase, presented=True))
        .ask(WatchGate)
        .timer("take_card", rules.timers.take_card)
    )


def _again(turn: Turn, phase: TakeCard) -> Turn:
    if phase.presented:
        return turn.ask(WatchGate)
    return turn.set(phase=replace(phase, attempts=phase.attempts + 1)).ask(EjectCard)


def _not_taken(turn: Turn, phase: TakeCard, rules: Rules) -> Turn:
    if rules.slot_has_bin:
        turn = turn.set(phase=replace(phase, drawing_in=True))
        return turn.cancel("WatchGate", "timer:eject_again").ask(DrawCardIn)
    return hold(turn, phase.outcome, rules, "the card was not taken")


def hold(turn: Turn, outcome: Outcome, rules: Rules, detail: str) -> Turn:
    """Keep the kiosk for nobody else until the card is gone, and tell staff."""
    turn = turn.set(card_place=CardPlace.HELD)
    turn = report_case(turn, Escalation.CARD_HELD, rules, detail)
    return turn.enter(CardHeld(outcome)).timer("eject_again", rules.timers.eject_again)
