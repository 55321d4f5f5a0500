"""The way through a visit and the ways off it: where to go next, and how to leave safely.

Every phase ends by one of these. ``advance`` finds the first step still missing, so that the
main way and going on after a person's decision are one rule.
"""

from collections.abc import Callable
from dataclasses import replace

from kiosk.session.effects import (
    ArmSlot,
    Ask,
    EjectCard,
    EndVisit,
    FetchOffers,
    FindParked,
    FollowCase,
    ForgetPerson,
    LeaveCase,
    MakeApplication,
    MakeOrder,
    PrepareReferences,
    PrintReceipt,
    PrintTicket,
    ReportCase,
    StartPayment,
    WatchCase,
)
from kiosk.session.facts import (
    OPTIONAL_DEVICES,
    CardPlace,
    CardProblem,
    Case,
    CaseStage,
    Device,
    Escalation,
    Outcome,
    PrintEnd,
    ResumeTrouble,
    Texts,
)
from kiosk.session.phases import (
    Attract,
    BadCard,
    CardHeld,
    ChooseOffer,
    Confirm,
    Escalated,
    Issue,
    Leaving,
    Notice,
    OutOfService,
    Pay,
    Portrait,
    ReadCard,
    Receipt,
    TakeCard,
    WelcomeBack,
)
from kiosk.session.rules import Rules
from kiosk.session.turn import Turn
from kiosk.session.visit import Ref, Visit

NEEDED_TO_ISSUE = (Device.CARD_SLOT, Device.CHIP_READER, Device.ENDORSEMENT_PRINTER)


def advance(turn: Turn, rules: Rules) -> Turn:
    """Go to the first step still missing."""
    visit = turn.visit
    if visit.print_end is not None:
        # A print that failed or is unknown is never repeated by the kiosk itself.
        return leave(turn, Outcome.TO_COUNTER, rules)
    if visit.offers is None:
        return fetch_offers(turn, rules)
    if not visit.offers.record_found:
        return escalate(turn, Escalation.NO_RECORD, rules)
    if visit.chosen is None:
        return turn.enter(ChooseOffer())
    if any(device in visit.lost for device in NEEDED_TO_ISSUE):
        paid = visit.settled and visit.chosen.fee_fen > 0
        reason = Escalation.PAID_NOT_ISSUED if paid else Escalation.DEVICE_FAULT
        return escalate(turn, reason, rules)
    if visit.identity is None:
        return to_portrait(turn, rules) if visit.consented else turn.enter(Notice())
    if visit.application is None:
        return turn.enter(Confirm())
    if not visit.application.identified:
        # Taken up from a visit before, whose face does not count here; what was confirmed stands.
        return send_application(turn)
    if not visit.settled:
        return to_pay(turn)
    return to_issue(turn)


def find_parked(turn: Turn, rules: Rules) -> Turn:
    """Ask whether a case of the card that was read waits, but not for long."""
    card = turn.visit.card
    if card is None:
        return leave(turn, Outcome.CARD_PROBLEM, rules)
    return (
        turn.enter(ReadCard(asking_server=True, finding_parked=True))
        .ask(lambda ref: FindParked(ref, card.number))
        .timer("find_parked", rules.timers.find_parked)
    )


def fetch_offers(turn: Turn, rules: Rules) -> Turn:
    """Ask the server what the card that was read can have."""
    card = turn.visit.card
    if card is None:
        return leave(turn, Outcome.CARD_PROBLEM, rules)
    case, taken_up = turn.visit.case, turn.visit.resumption
    case_id = case.id if case else taken_up.case_id if taken_up else None
    return turn.enter(ReadCard(asking_server=True)).ask(
        lambda ref: FetchOffers(ref, card.number, case_id)
    )


def to_portrait(turn: Turn, rules: Rules, words: Texts | None = None) -> Turn:
    """Begin the next capture, or go to a person when no more are allowed."""
    visit = turn.visit
    if Device.CAMERA in visit.lost:
        return escalate(turn, Escalation.DEVICE_FAULT, rules)
    if visit.tries >= rules.max_tries or visit.card is None:
        return escalate(turn, Escalation.PORTRAIT_NOT_MATCHED, rules)
    number = visit.card.number
    return (
        turn.set(tries=visit.tries + 1)
        .enter(Portrait(words=words))
        .ask(lambda ref: PrepareReferences(ref, number))
    )


def send_application(turn: Turn) -> Turn:
    """Apply for what was chosen, or have the application that there is identified."""
    visit = turn.visit
    card, chosen = visit.card, visit.chosen
    if card is None or chosen is None or visit.awaits("MakeApplication"):
        return turn
    case_id = visit.accepted_in or (visit.case.id if visit.case else None)
    return turn.enter(Confirm(sending=True)).ask(
        lambda ref: MakeApplication(ref, card.number, chosen.code, case_id)
    )


def to_pay(turn: Turn) -> Turn:
    """Show the payment's QR code; a payment begun before is found again by the server."""
    application = turn.visit.application
    assert application is not None, "Pay follows Confirm"  # noqa: S101 - advance's own order
    return turn.enter(Pay()).ask(lambda ref: StartPayment(ref, application.id))


def to_issue(turn: Turn) -> Turn:
    """Ask for the licence to print."""
    visit = turn.visit
    application, card = visit.application, visit.card
    assert application is not None, "Issue follows Confirm"  # noqa: S101 - advance's own order
    assert card is not None, "Issue follows ReadCard"  # noqa: S101 - advance's own order
    return turn.enter(Issue()).ask(lambda ref: MakeOrder(ref, application.id, card.number))


def to_receipt(turn: Turn, rules: Rules) -> Turn:
    """Print the receipt; without a printer for it, give the card back."""
    application = turn.visit.application
    if Device.RECEIPT_PRINTER in turn.visit.lost or application is None:
        return give_card_back(turn, Outcome.ISSUED, receipt_missing=True)
    return (
        turn.enter(Receipt())
        .ask(lambda ref: PrintReceipt(ref, application.id))
        .timer("receipt", rules.timers.receipt)
    )


def escalate(turn: Turn, reason: Escalation, rules: Rules) -> Turn:
    """Put the live session before a person and wait here."""
    visit = turn.visit
    if not visit.server_up:
        return leave_without_server(turn, rules, reason)
    if isinstance(visit.phase, Escalated) and visit.case and visit.case.reason is reason:
        # The decision left in the way what the case was about: the counter has other means.
        return leave(turn, Outcome.TO_COUNTER, rules)
    case = new_case(turn, reason, rules)
    turn = turn.set(case=case, cases_opened=visit.cases_opened + 1)
    phase_before = visit.phase.name
    return _wait_for_person(
        turn,
        rules,
        lambda ref: WatchCase(
            ref,
            case,
            phase_before,
            visit.card_place,
            visit.card.number if visit.card else None,
            visit.chosen.code if visit.chosen else None,
            visit.application.id if visit.application else None,
            visit.tries,
            visit.travel,
            rules.timers.keep_card,
        ),
    )


def wait_again(turn: Turn, case: Case, rules: Rules) -> Turn:
    """Wait for the person who has, or will have, the case that was taken up."""
    return _wait_for_person(turn.set(case=case), rules, lambda ref: FollowCase(ref, case))


def _wait_for_person(turn: Turn, rules: Rules, watch: Callable[[Ref], Ask]) -> Turn:
    visit = turn.visit
    timer, seconds = (
        ("keep_card", rules.timers.keep_card)
        if visit.card_place is not CardPlace.OUT
        else ("wait_without_card", rules.timers.wait_without_card)
    )
    phase = Escalated(asking_travel=visit.travel is None)
    return turn.enter(phase).ask(watch).timer(timer, seconds)


def new_case(turn: Turn, reason: Escalation, rules: Rules) -> Case:
    """Make a case with the kiosk's own id and ticket, so that it needs no server to exist."""
    visit = turn.visit
    return Case(
        id=f"{visit.id}-c{visit.cases_opened + 1}",
        reason=reason,
        ticket=ticket_of(visit, rules.kiosk),
    )


def ticket_of(visit: Visit, kiosk: str) -> str:
    """Return the visit's number for people: no other visit of this kiosk has it on that day.

    The sequence goes on over restarts, and no kiosk serves a thousand people in a day.
    """
    return f"K{kiosk}-{visit.sequence % 1000:03d}"


def report_case(turn: Turn, reason: Escalation, rules: Rules, detail: str) -> Turn:
    """Tell staff of something that nobody at the screen waits for."""
    visit = turn.visit
    case = new_case(turn, reason, rules)
    turn = _tell_case(turn, case, detail)
    return turn.set(cases_opened=visit.cases_opened + 1, case=visit.open_case or case)


def _tell_case(turn: Turn, case: Case, detail: str) -> Turn:
    visit = turn.visit
    return turn.tell(
        lambda ref: ReportCase(
            ref,
            case,
            visit.phase.name,
            visit.card_place,
            visit.card.number if visit.card else None,
            visit.chosen.code if visit.chosen else None,
            visit.application.id if visit.application else None,
            visit.tries,
            detail,
        )
    )


def secure_case(turn: Turn) -> Turn:
    """Hand a case over for sending that the server has not acknowledged while it was watched.

    The watch ends with the phase; the case's own id keeps it from being opened twice.
    """
    visit = turn.visit
    case = visit.case
    if not isinstance(visit.phase, Escalated) or case is None:
        return turn
    if case.stage is not CaseStage.SENDING:
        return turn
    turn = _tell_case(turn, case, "the server had not acknowledged it")
    return turn.set(case=replace(case, stage=CaseStage.WAITING))


def leave(turn: Turn, outcome: Outcome, rules: Rules) -> Turn:
    """Print the case's ticket, if there is a case, and give the card back."""
    turn = secure_case(turn)
    case = turn.visit.case
    if case is None:
        return give_card_back(turn, outcome)
    turn = turn.enter(Leaving(outcome))
    if Device.RECEIPT_PRINTER in turn.visit.lost:
        return after_ticket(turn, outcome, printed=False, rules=rules)
    return turn.ask(lambda ref: PrintTicket(ref, case, outcome)).timer(
        "receipt", rules.timers.receipt
    )


def after_ticket(turn: Turn, outcome: Outcome, *, printed: bool, rules: Rules) -> Turn:
    """Give the card back, or leave the ticket's number on the screen where there is none."""
    if turn.visit.card_place is not CardPlace.OUT:
        return give_card_back(turn, outcome, receipt_missing=not printed)
    return turn.enter(Leaving(outcome, printed)).timer("leaving", rules.timers.leaving)


def leave_waiting(turn: Turn, rules: Rules) -> Turn:
    """Leave with a ticket while the case goes on."""
    turn = secure_case(turn)
    case = turn.visit.case
    if case is not None:
        # The card is still where it is; EndVisit says where it came to.
        place = turn.visit.card_place
        turn = turn.tell(lambda ref: LeaveCase(ref, case.id, place, session=case.session))
    return leave(turn, Outcome.WAITING, rules)


def leave_without_server(
    turn: Turn, rules: Rules, reason: Escalation = Escalation.DEVICE_FAULT
) -> Turn:
    """Keep the session as a case that reaches the server later; ticket and card out now.

    What this visit took up, or could have, waits on the server already: the next kiosk asks for it,
    and a second case would only stand before it.
    """
    visit = turn.visit
    waits = visit.resumption is not None or isinstance(visit.phase, WelcomeBack)
    if visit.open_case is None and visit.card_place is not CardPlace.OUT and not waits:
        paid = visit.print_end is None and (visit.payment is not None or visit.settled)
        if paid:
            reason = Escalation.PAID_NOT_ISSUED
        turn = report_case(turn, reason, rules, "the server did not answer")
    return leave(turn, Outcome.SERVER_LOST, rules)


def give_card_back(turn: Turn, outcome: Outcome, *, receipt_missing: bool = False) -> Turn:
    """Move the card to the gate; with no card in, the visit ends here."""
    visit = turn.visit
    if visit.card_place is CardPlace.OUT:
        return end_visit(turn, outcome)
    trouble = visit.phase.trouble if isinstance(visit.phase, WelcomeBack) else None
    over = trouble in (ResumeTrouble.ISSUED, ResumeTrouble.GONE)
    waits = visit.resumption is not None or isinstance(visit.phase, WelcomeBack)
    phase = TakeCard(
        outcome,
        receipt_missing=receipt_missing,
        case_waits=waits and not over,
        issued_before=trouble is ResumeTrouble.ISSUED,
    )
    return turn.enter(phase).ask(EjectCard)


def bad_card(turn: Turn, problem: CardProblem, rules: Rules) -> Turn:
    """Say what is wrong with the card, then give it back."""
    return turn.enter(BadCard(problem)).timer("bad_card", rules.timers.bad_card)


def end_visit(turn: Turn, outcome: Outcome) -> Turn:
    """Report the end, forget the person, and be ready for the next."""
    turn = _park_again(turn)
    visit = turn.visit
    had_card = isinstance(visit.phase, TakeCard | CardHeld) or visit.card is not None
    if had_card or visit.case is not None:
        turn = turn.tell(
            lambda ref: EndVisit(
                ref,
                outcome,
                visit.card_place,
                visit.application.id if visit.application else None,
                visit.case.id if visit.case else None,
            )
        )
    turn = turn.enter(OutOfService()).tell(ForgetPerson)
    return to_attract(Turn(turn.visit.forget_person(), turn.effects))


def _park_again(turn: Turn) -> Turn:
    """Let what was taken up wait for its resident again, unless the endorsement is printed.

    Told before the end of the visit, at which the server closes what a visit has gone past.
    """
    taken_up, place = turn.visit.resumption, turn.visit.card_place
    if taken_up is None or turn.visit.print_end is PrintEnd.PRINTED:
        return turn
    return turn.tell(lambda ref: LeaveCase(ref, taken_up.case_id, place, session=taken_up.session))


def to_attract(turn: Turn) -> Turn:
    """Take the next card, or say why not: the first phase of a visit without a person."""
    visit = turn.visit
    lost = tuple(device for device in visit.lost if device not in OPTIONAL_DEVICES)
    if lost or not visit.server_up:
        return turn.enter(OutOfService(lost, server_lost=not visit.server_up))
    return turn.enter(Attract()).ask(ArmSlot)


def go_safe(turn: Turn, rules: Rules, detail: str) -> Turn:
    """End a visit that met something nobody foresaw: case to staff, card out."""
    visit = turn.visit
    if visit.card_place is CardPlace.OUT and visit.card is None:
        return end_visit(turn, Outcome.FAILED)
    if isinstance(visit.phase, TakeCard | CardHeld):
        # The card is on its way out already; only see that something is waited for.
        return turn if visit.pending else turn.timer("eject_again", rules.timers.eject_again)
    paid = visit.settled and visit.print_end is None
    reason = Escalation.PAID_NOT_ISSUED if paid else Escalation.DEVICE_FAULT
    return leave(report_case(turn, reason, rules, detail[:200]), Outcome.FAILED, rules)
