"""Each invariant broken once: the random sequences must notice every one of these mutants."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session import flow, resuming, root, way
from kiosk.session.effects import Effect
from kiosk.session.facts import IdentitySource, Outcome, Resumption
from kiosk.session.phases import CardHeld, Phase
from kiosk.session.rules import Rules
from kiosk.session.steps import compare, escalated, issue, pay, read_card, take_card
from kiosk.session.turn import Turn
from kiosk.session.visit import Visit
from tests.session.machine import run_machine

Patch = pytest.MonkeyPatch
SEQUENCES = 600
"""At most: the first that breaks a rule ends it."""

_forget = Visit.forget_person
_issue, _attract = issue.on, flow.HANDLERS["attract"]
_ended = issue._ended


def prints_on_any_order(patch: Patch) -> None:
    def check(turn: Turn, order: Any, rules: Rules) -> Turn:
        stage = issue.Issue(issue.IssueStage.CHECKING_CARD)
        return turn.set(order=order, phase=stage).ask(
            lambda ref: fx.CheckSameCard(ref, turn.visit.card.number)
        )

    patch.setattr(issue, "_check_card", check)


def prints_again_after_a_failure(patch: Patch) -> None:
    def ended(*args: Any, **more: Any) -> Turn:
        turn = _ended(*args, **more)
        return turn if "another card" in more["detail"] else turn.set(print_end=None)

    patch.setattr(issue, "_ended", ended)


def prints_on_another_card(patch: Patch) -> None:
    def on(turn: Turn, event: ev.Event, rules: Rules) -> Turn | None:
        if isinstance(event, ev.CardChecked):
            event = replace(event, same=True)
        return _issue(turn, event, rules)

    patch.setitem(flow.HANDLERS, "issue", on)


def takes_every_face(patch: Patch) -> None:
    def judge(turn: Turn, comparison: Any, rules: Rules) -> Turn:
        return way.advance(turn.set(identity=IdentitySource.MATCH), rules)

    patch.setattr(compare, "_judge", judge)


def forgets_an_alarm(patch: Patch) -> None:
    """A later capture that matches takes the doubt back."""
    judge = compare._judge

    def forgiving(turn: Turn, comparison: Any, rules: Rules) -> Turn:
        return judge(turn.set(liveness_doubted=False), comparison, rules)

    patch.setattr(compare, "_judge", forgiving)


def overlooks_an_alarm(patch: Patch) -> None:
    judge = compare._judge

    def blind(turn: Turn, comparison: Any, rules: Rules) -> Turn:
        return judge(turn, replace(comparison, liveness_alarm=False), rules)

    patch.setattr(compare, "_judge", blind)


def asks_no_money(patch: Patch) -> None:
    patch.setattr(Visit, "settled", property(lambda visit: True))


def does_not_note_the_card(patch: Patch) -> None:
    def begin(turn: Turn) -> Turn:
        return turn.enter(read_card.ReadCard()).ask(fx.ReadCardFiles)

    patch.setattr(read_card, "begin", begin)


def ends_with_the_card_in(patch: Patch) -> None:
    def on(turn: Turn, event: ev.Event, rules: Rules) -> Turn | None:
        if isinstance(event, ev.CardMoved):
            return way.end_visit(turn, Outcome.LEFT)
        return take_card.on(turn, event, rules)

    patch.setitem(flow.HANDLERS, "take_card", on)


def tells_nobody_of_a_held_card(patch: Patch) -> None:
    def hold(turn: Turn, outcome: Outcome, rules: Rules, detail: str) -> Turn:
        place = take_card.CardPlace.HELD
        return turn.set(card_place=place).enter(CardHeld(outcome)).timer("eject_again", 5.0)

    patch.setattr(take_card, "hold", hold)


def waits_for_ever_for_a_withdrawal(patch: Patch) -> None:
    def changed(turn: Turn, payment: Any, rules: Rules) -> Turn:
        if payment.status is pay.PaymentStatus.PAID:
            return way.advance(turn, rules)
        if pay._cancelling(turn) and payment.status is not pay.PaymentStatus.PENDING:
            return way.give_card_back(turn, Outcome.LEFT)
        return turn

    patch.setattr(pay, "_changed", changed)


def forgets_to_watch_for_idleness(patch: Patch) -> None:
    patch.setattr(flow, "idle_watch", lambda turn, event, rules: turn)


def keeps_the_card_in_memory(patch: Patch) -> None:
    patch.setattr(Visit, "forget_person", lambda visit: replace(_forget(visit), card=visit.card))


def keeps_the_case_in_memory(patch: Patch) -> None:
    patch.setattr(Visit, "forget_person", lambda visit: replace(_forget(visit), case=visit.case))


def takes_answers_of_other_visits(patch: Patch) -> None:
    def answered(visit: Visit, event: ev.Answer) -> Visit | None:
        mine = replace(event.ref, visit_id=visit.id)
        return root.answered(visit, replace(event, ref=mine))

    patch.setattr(flow, "answered", answered)


def takes_answers_that_nobody_awaits(patch: Patch) -> None:
    def answered(visit: Visit, event: ev.Answer) -> Visit | None:
        return root.answered(visit, event) or visit

    patch.setattr(flow, "answered", answered)


def looks_without_consent(patch: Patch) -> None:
    def new_portrait(turn: Turn, words: Any, rules: Rules) -> Turn:
        if turn.visit.card is None:
            return way.leave(turn, Outcome.TO_COUNTER, rules)
        return way.to_portrait(turn.set(consented=True), rules, words)

    patch.setattr(escalated, "_new_portrait", new_portrait)


def ends_paid_visits_in_silence(patch: Patch) -> None:
    def silent(ref: Any, outcome: Any, place: Any, *_: Any) -> Effect:
        return fx.EndVisit(ref, outcome, place, None, None)

    patch.setattr(way, "EndVisit", silent)


def forgets_the_case_on_leaving(patch: Patch) -> None:
    for module in (way, escalated):
        patch.setattr(module, "secure_case", lambda turn: turn)


def lets_effects_leak(patch: Patch) -> None:
    def enter(turn: Turn, phase: Phase, keep: tuple[str, ...] = ()) -> Turn:
        return turn.set(phase=phase, idle_warning=False)

    patch.setattr(Turn, "enter", enter)


def does_not_foresee(patch: Patch) -> None:
    patch.setattr(read_card, "_no_offers", lambda turn, event, rules: None)


def can_be_left_while_printing(patch: Patch) -> None:
    def on(turn: Turn, event: ev.Event, rules: Rules) -> Turn | None:
        if isinstance(event, ev.Touched):
            return way.give_card_back(turn, Outcome.LEFT)
        return _issue(turn, event, rules)

    patch.setitem(flow.HANDLERS, "issue", on)


def asks_a_broken_slot_at_once(patch: Patch) -> None:
    def on(turn: Turn, event: ev.Event, rules: Rules) -> Turn | None:
        if isinstance(event, ev.EffectFailed):
            return turn.ask(fx.ArmSlot)
        return _attract(turn, event, rules)

    patch.setitem(flow.HANDLERS, "attract", on)


def takes_any_face_for_the_cases(patch: Patch) -> None:
    judged = compare._same_person

    def same_person(turn: Turn, case: Any, rules: Rules, *, same: bool) -> Turn | None:
        return judged(turn, case, rules, same=True)

    patch.setattr(compare, "_same_person", same_person)


def takes_staffs_word_for_whoever_comes(patch: Patch) -> None:
    patch.setattr(Resumption, "asks_face", property(lambda resumption: False))
    patch.setattr(
        resuming,
        "by_staff",
        lambda turn, case, rules: (
            escalated.apply(turn, case.decision, rules) if case.decision else None
        ),
    )


def does_not_park_again(patch: Patch) -> None:
    patch.setattr(way, "_park_again", lambda turn: turn)


def forgets_the_session(patch: Patch) -> None:
    def leave_case(ref: Any, case_id: str, place: Any, **more: Any) -> Effect:
        return fx.LeaveCase(ref, case_id, place, withdrawn=more.get("withdrawn", False))

    for module in (way, escalated):
        patch.setattr(module, "LeaveCase", leave_case)


MUTANTS: list[tuple[Callable[[Patch], None], str]] = [
    (prints_on_any_order, "print without an order for this card"),
    (prints_again_after_a_failure, "one order printed twice"),
    (prints_on_another_card, "print on a card that was not checked"),
    (takes_every_face, "order without identity|a liveness alarm led to no person"),
    (forgets_an_alarm, "a liveness alarm led to no person"),
    (overlooks_an_alarm, "a liveness alarm led to no person"),
    (asks_no_money, "order without settlement"),
    (does_not_note_the_card, "card is inside, visit says out"),
    (ends_with_the_card_in, "visit ended, card is"),
    (tells_nobody_of_a_held_card, "a held card was not reported"),
    (waits_for_ever_for_a_withdrawal, "a stubborn world does not end"),
    (forgets_to_watch_for_idleness, "dead end in"),
    (keeps_the_card_in_memory, "something of a person is left"),
    (keeps_the_case_in_memory, "something of a person is left"),
    (takes_answers_of_other_visits, "another visit's answer was taken"),
    (takes_answers_that_nobody_awaits, "a stray|unforeseen|pending disagrees"),
    (looks_without_consent, "face data before consent"),
    (ends_paid_visits_in_silence, "paid, not issued, and nobody was told"),
    (forgets_the_case_on_leaving, "a case never reached the server"),
    (lets_effects_leak, "pending"),
    (does_not_foresee, "unforeseen"),
    (can_be_left_while_printing, "a touch left the print"),
    (takes_any_face_for_the_cases, "order without identity|a liveness alarm led to no person"),
    (takes_staffs_word_for_whoever_comes, "order without identity"),
    (does_not_park_again, "does not wait for its resident"),
    (forgets_the_session, "a message of an earlier session"),
    (asks_a_broken_slot_at_once, "failed and was asked again at once"),
]


@pytest.mark.parametrize(
    ("break_rule", "found"), MUTANTS, ids=[mutant.__name__ for mutant, _ in MUTANTS]
)
def test_a_broken_rule_is_found(
    break_rule: Callable[[Patch], None], found: str, monkeypatch: Patch
) -> None:
    break_rule(monkeypatch)
    with pytest.raises(AssertionError, match=found):
        run_machine(SEQUENCES, shrink=False)
