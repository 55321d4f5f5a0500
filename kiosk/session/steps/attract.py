"""Attract and InsertCard: the slot is armed, nobody or somebody is here."""

from dataclasses import replace

from kiosk.session.effects import ArmSlot
from kiosk.session.events import (
    Button,
    CardTakenIn,
    EffectFailed,
    Event,
    FieldCleared,
    FieldOccupied,
    LanguageChosen,
    TakeInFailed,
    TimeUp,
    Touched,
)
from kiosk.session.facts import CardPlace, Escalation, Outcome
from kiosk.session.phases import Attract, InsertCard
from kiosk.session.rules import Rules
from kiosk.session.steps import read_card
from kiosk.session.turn import Turn
from kiosk.session.way import escalate, give_card_back
from kiosk.values import Language

ARMED = ("ArmSlot", "timer:rearm")


def on(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Wait for a card, or for a touch."""
    phase = turn.visit.phase
    if not isinstance(phase, Attract | InsertCard):
        return None
    match event:
        case CardTakenIn():
            return read_card.begin(turn)
        case TakeInFailed(place=place):
            if place is CardPlace.OUT:
                return turn.timer("rearm", rules.timers.rearm)
            return give_card_back(turn.set(card_place=place), Outcome.CARD_PROBLEM)
        case EffectFailed():
            return turn.timer("rearm", rules.timers.rearm)
        case TimeUp(timer="rearm"):
            return turn.ask(ArmSlot)
        case FieldOccupied() | FieldCleared():
            occupied = isinstance(event, FieldOccupied)
            return turn.set(phase=replace(phase, chip_left_in_field=occupied))
        case _:
            return _somebody(turn, phase, event, rules)


def _somebody(turn: Turn, phase: Attract | InsertCard, event: Event, rules: Rules) -> Turn | None:
    match event:
        case Touched(button=Button.START) if isinstance(phase, Attract):
            return turn.enter(InsertCard(phase.chip_left_in_field), keep=ARMED).timer(
                "insert_card", rules.timers.insert_card
            )
        case LanguageChosen(language=language):
            # Somebody is here; when they go, the next person finds the first language again.
            return (
                turn.set(language=language)
                .cancel("timer:insert_card")
                .timer("insert_card", rules.timers.insert_card)
            )
        case Touched(button=Button.BACK | Button.LEAVE) | TimeUp(timer="insert_card"):
            start = Attract(phase.chip_left_in_field)
            return turn.set(language=Language.ZH_HANS).enter(start, keep=ARMED)
        case Touched(button=Button.ASK_PERSON):
            return escalate(turn, Escalation.PERSON_ASKED, rules)
        case _:
            return None
