"""After a power cut: finish or undo the visit that broke off, from journal and sensors.

Pure: says what is to be told. The loop tells it, and ``step`` moves the card.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from devices.errors import DeviceError
from devices.interfaces import CardPosition
from kiosk.runtime.journal import Left
from kiosk.session.effects import (
    EndVisit,
    ForgetPerson,
    LeaveCase,
    ReportCase,
    ReportPrint,
    RewriteBack,
    Tell,
)
from kiosk.session.facts import (
    CardPlace,
    Case,
    CaseStage,
    Escalation,
    Outcome,
    PrintEnd,
)
from kiosk.session.phases import Attract, InsertCard, OutOfService
from kiosk.session.visit import Ref, Visit
from kiosk.session.way import ticket_of

REWRITING = "rewriting"
"""Mark of a RewriteBack that has begun; from here on, not knowing means UNKNOWN."""

_INSPECTED = "+inspected"
_AFTER_POWER_CUT = "the kiosk stopped and was started again"


@dataclass(frozen=True, slots=True)
class Remains:
    """What a broken visit leaves to say: at once, and when the card's place is settled."""

    tells: tuple[Tell, ...] = ()
    owed: tuple[Tell, ...] = ()


def print_mark(end: PrintEnd, *, inspected: bool) -> str:
    """Return the mark that says how a print ended."""
    return end.value + (_INSPECTED if inspected else "")


def recover(left: Left, kiosk: str) -> Remains:
    """Return what is to be told about everything that the last run left behind."""
    now = Remains() if left.visit is None else remains_of(left.visit, left.marks, kiosk)
    return Remains((*left.tells, *now.tells), (*left.owed, *now.owed))


def remains_of(visit: Visit, marks: Mapping[Ref, str], kiosk: str) -> Remains:
    """Return what is to be told about a visit that cannot go on."""
    if _nothing_happened(visit):
        return Remains()
    number = visit.next_effect

    def ref() -> Ref:
        nonlocal number
        number += 1
        return Ref(visit.id, number - 1)

    tells: list[Tell] = []
    end, inspected = _print_end(visit, marks)
    if visit.order is not None and end is not None and visit.print_end is None:
        tells.append(ReportPrint(ref(), visit.order, end, inspected, _AFTER_POWER_CUT))
    case = visit.case or _case_for(visit, end, kiosk)
    if case is not None and case.stage is CaseStage.SENDING:
        tells.append(_report(ref(), visit, case))
    tells.append(ForgetPerson(ref()))
    owed = [
        LeaveCase(ref(), case_id, visit.card_place, session=session)
        for case_id, session in _waiting(visit, end).items()
    ]
    ended = EndVisit(
        ref(),
        Outcome.ISSUED if end is PrintEnd.PRINTED else Outcome.FAILED,
        visit.card_place,
        None if visit.application is None else visit.application.id,
        None if case is None else case.id,
    )
    return Remains(tuple(tells), (*owed, ended))


def _waiting(visit: Visit, end: PrintEnd | None) -> dict[str, int]:
    """Return which cases wait for the resident from now on, with this visit's session in each.

    What the visit took up does unless the endorsement is printed, whether or not it has heard so.
    """
    cases = {} if visit.case is None else {visit.case.id: visit.case.session}
    if visit.resumption is not None and end is not PrintEnd.PRINTED:
        cases[visit.resumption.case_id] = visit.resumption.session
    return cases


def settle(owed: tuple[Tell, ...], place: CardPlace) -> tuple[Tell, ...]:
    """Return the owed tells with the place where the card was in the end."""
    return tuple(
        replace(tell, card_place=place) if isinstance(tell, EndVisit | LeaveCase) else tell
        for tell in owed
    )


class Sensors(Protocol):
    """What a slot says about its card."""

    def position(self) -> CardPosition:
        """Read the sensors."""
        ...


def read_place(slot: Sensors, before: Visit | None) -> CardPlace:
    """Return where the card is: by the sensors, and by the journal where these are silent.

    A card that was held stays held until staff release it, even if the kiosk is restarted.
    """
    known = CardPlace.OUT if before is None else before.card_place
    try:
        position = slot.position()
    except DeviceError:
        return known
    place = place_of(position)
    if position is CardPosition.UNKNOWN and known is not CardPlace.OUT:
        return known
    return CardPlace.HELD if known is CardPlace.HELD and place is not CardPlace.OUT else place


def place_of(position: CardPosition) -> CardPlace:
    """Return what a reading of the sensors means for the card.

    Not seen is not out: trying to eject what may not be there does no harm, leaving it does.
    """
    match position:
        case CardPosition.NONE:
            return CardPlace.OUT
        case CardPosition.AT_GATE:
            return CardPlace.AT_GATE
        case CardPosition.INSIDE | CardPosition.UNKNOWN:
            return CardPlace.INSIDE


def _nothing_happened(visit: Visit) -> bool:
    idle = isinstance(visit.phase, Attract | InsertCard | OutOfService)
    return idle and visit.card_place is CardPlace.OUT and visit.card is None and visit.case is None


def _print_end(visit: Visit, marks: Mapping[Ref, str]) -> tuple[PrintEnd | None, bool]:
    """Return how the print ended as far as is known; never 'printed' without the device's word."""
    if visit.order is None:
        return None, False
    if visit.print_end is not None:
        return visit.print_end, False
    mark = ""
    for pending in visit.pending:
        if pending.kind == RewriteBack.__name__:
            mark = marks.get(Ref(visit.id, pending.effect_id), "")
    word = mark.removesuffix(_INSPECTED)
    if word == REWRITING:
        return PrintEnd.UNKNOWN, False
    if word in list(PrintEnd):
        return PrintEnd(word), mark.endswith(_INSPECTED)
    return PrintEnd.FAILED, False  # ordered, never begun: the old back is still on the card


def _case_for(visit: Visit, end: PrintEnd | None, kiosk: str) -> Case | None:
    if end is PrintEnd.UNKNOWN:
        reason = Escalation.PRINT_UNKNOWN
    elif visit.settled and end is not PrintEnd.PRINTED:
        reason = Escalation.PAID_NOT_ISSUED
    else:
        return None
    number = visit.cases_opened + 1
    return Case(id=f"{visit.id}-c{number}", reason=reason, ticket=ticket_of(visit, kiosk))


def _report(ref: Ref, visit: Visit, case: Case) -> ReportCase:
    return ReportCase(
        ref,
        case=case,
        phase_before=visit.phase.name,
        card_place=visit.card_place,
        card_number=None if visit.card is None else visit.card.number,
        offer_code=None if visit.chosen is None else visit.chosen.code,
        application_id=None if visit.application is None else visit.application.id,
        tries=visit.tries,
        detail=_AFTER_POWER_CUT,
    )
