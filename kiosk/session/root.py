"""News that concern every phase: stray answers, devices, server, language, idleness, start."""

from kiosk.session import effects, events
from kiosk.session.events import (
    Answer,
    Button,
    CardFound,
    DeviceChanged,
    EffectFailed,
    Event,
    LanguageChosen,
    OfferTouched,
    ServerChanged,
    ServerLost,
    ServerRefused,
    Started,
    TimeUp,
    Touched,
    TravelTold,
)
from kiosk.session.facts import (
    OPTIONAL_DEVICES,
    CardPlace,
    CaseStage,
    Device,
    Escalation,
    Outcome,
    PaymentStatus,
)
from kiosk.session.phases import CardHeld
from kiosk.session.rules import Rules
from kiosk.session.steps import pay, read_card
from kiosk.session.turn import Turn
from kiosk.session.visit import Visit
from kiosk.session.way import (
    NEEDED_TO_ISSUE,
    end_visit,
    escalate,
    give_card_back,
    go_safe,
    leave_without_server,
    to_attract,
)

ANSWERS: dict[type[effects.Ask], tuple[type[Answer], ...]] = {
    effects.ArmSlot: (
        events.FieldOccupied,
        events.FieldCleared,
        events.CardTakenIn,
        events.TakeInFailed,
    ),
    effects.ReadCardFiles: (events.CardRead, events.CardRefused),
    effects.FindParked: (events.ParkedFound, ServerRefused, ServerLost),
    effects.ResumeCase: (events.CaseResumed, ServerRefused, ServerLost),
    effects.FetchOffers: (events.OffersArrived, ServerRefused, ServerLost),
    effects.PrepareReferences: (
        events.ReferencesReady,
        events.ChipLost,
        ServerRefused,
        ServerLost,
    ),
    effects.StartCapture: (events.Captured, events.CaptureFailed),
    effects.CompareCapture: (events.Compared,),
    effects.JudgeSamePerson: (events.SamePersonJudged, ServerRefused, ServerLost),
    effects.MakeApplication: (events.ApplicationMade, ServerRefused, ServerLost),
    effects.StartPayment: (events.PaymentChanged, ServerRefused, ServerLost),
    effects.CancelPayment: (events.PaymentChanged, ServerRefused, ServerLost),
    effects.MakeOrder: (events.OrderMade, ServerRefused, ServerLost),
    effects.CheckSameCard: (events.CardChecked,),
    effects.RewriteBack: (events.BackPrinted,),
    effects.PrintReceipt: (events.PaperPrinted,),
    effects.PrintTicket: (events.PaperPrinted,),
    effects.EjectCard: (events.CardMoved,),
    effects.WatchGate: (events.CardMoved,),
    effects.DrawCardIn: (events.CardMoved,),
    effects.WatchCase: (events.CaseChanged, ServerRefused, ServerLost),
    effects.FollowCase: (events.CaseChanged, ServerRefused, ServerLost),
    effects.StartTimer: (TimeUp,),
}
"""Which events may answer which effect; any may be answered by EffectFailed."""

_BY_NAME = {kind.__name__: kind for kind in ANSWERS}

FREE_PHASES = ("out_of_service", "attract", "insert_card")
"""Phases in which no visit is under way: they follow devices and server at once."""

START_PHASES = ("attract", "insert_card")
"""Phases in which the slot is armed."""

SERVED_PHASES = (
    "welcome_back",
    "offers",
    "notice",
    "portrait",
    "compare",
    "confirm",
    "pay",
    "escalated",
)
"""Phases that come to nothing without the server."""

UNFINISHED_PHASES = ("offers", "notice", "portrait", "compare", "confirm")
"""Phases that are left at once when a device is lost that issuing will need."""

IDLE_PHASES = ("welcome_back", "offers", "notice", "confirm", "pay")
"""Phases that wait for the resident, and so must not wait for ever."""


def answered(visit: Visit, event: Answer) -> Visit | None:
    """Return the visit with this answer taken off the list, None when nobody awaits it."""
    if event.ref.visit_id != visit.id:
        return None
    pending = next((p for p in visit.pending if p.effect_id == event.ref.effect_id), None)
    if pending is None:
        return None
    kind = effects.StartTimer if pending.kind.startswith("timer:") else _BY_NAME[pending.kind]
    if not isinstance(event, (*ANSWERS[kind], EffectFailed)):
        return None
    if _more_to_come(event, kind):
        return visit
    return visit.changed(pending=tuple(p for p in visit.pending if p is not pending))


def _more_to_come(event: Answer, kind: type[effects.Ask]) -> bool:
    match event:
        case events.FieldOccupied() | events.FieldCleared():
            return True
        case events.PaymentChanged(payment=payment):
            watching = kind is effects.StartPayment
            return watching and payment.status is PaymentStatus.PENDING
        case events.CaseChanged(case=case):
            return case.decision is None and case.stage is not CaseStage.CLOSED
        case _:
            return False


def on_root(turn: Turn, event: Event, rules: Rules) -> Turn | None:
    """Handle what every phase handles alike; None leaves the event to the phase."""
    match event:
        case Started(place=place):
            return _started(turn, place, rules)
        case CardFound(place=place):
            return _found(turn, place)
        case DeviceChanged(device=device, usable=usable):
            return _device(turn, device, rules, usable=usable)
        case ServerChanged(up=up):
            return _server(turn, rules, up=up)
        case LanguageChosen(language=language) if turn.visit.phase.name not in START_PHASES:
            return turn.set(language=language)
        case TimeUp(timer="idle"):
            return turn.set(idle_warning=True).timer("idle_warning", rules.timers.idle_warning)
        case TimeUp(timer="idle_warning"):
            return _went_away(turn)
        case Touched(button=Button.STAY):
            return turn
        case EffectFailed(detail=detail) if turn.visit.phase.name not in OWN_FAILURES:
            return go_safe(turn, rules, detail)
        case _:
            return None


OWN_FAILURES = (
    "attract",
    "insert_card",
    "read_card",
    "portrait",
    "compare",
    "issue",
    "receipt",
    "take_card",
    "card_held",
    "leaving",
    "escalated",
)
"""Phases that know what a failed effect means to them."""


def _started(turn: Turn, place: CardPlace, rules: Rules) -> Turn:
    if turn.visit.phase.name != "out_of_service":
        return turn  # said again, and the visit went on meanwhile
    turn = turn.set(card_place=place)
    match place:
        case CardPlace.OUT:
            return to_attract(turn)
        case CardPlace.HELD:
            # Staff were told by the visit that held it; only they may let it out.
            return turn.enter(CardHeld(Outcome.FAILED)).timer(
                "eject_again", rules.timers.eject_again
            )
        case CardPlace.INSIDE | CardPlace.AT_GATE:
            return give_card_back(turn, Outcome.FAILED)


def _found(turn: Turn, place: CardPlace) -> Turn:
    visit = turn.visit
    if visit.card_place is not CardPlace.OUT or place is CardPlace.OUT:
        return turn
    if visit.phase.name in START_PHASES and place is CardPlace.INSIDE:
        return read_card.begin(turn)
    turn = turn.set(card_place=place)
    if visit.phase.name in FREE_PHASES:
        return give_card_back(turn, Outcome.FAILED)
    return turn  # a wait without a card has one now: it comes out when the wait ends


def _device(turn: Turn, device: Device, rules: Rules, *, usable: bool) -> Turn:
    if usable is (device not in turn.visit.lost):
        return turn
    lost = tuple(other for other in turn.visit.lost if other is not device)
    if not usable:
        lost = (*lost, device)
    turn = turn.set(lost=lost)
    name = turn.visit.phase.name
    if name in FREE_PHASES:
        return _free(turn)
    camera_needed = device is Device.CAMERA and name in ("portrait", "compare")
    if not usable and name in UNFINISHED_PHASES and (device in NEEDED_TO_ISSUE or camera_needed):
        if turn.visit.awaits("MakeApplication"):
            return turn  # its answer comes first; advance then sees what is lost
        return escalate(turn, Escalation.DEVICE_FAULT, rules)
    return turn


def _server(turn: Turn, rules: Rules, *, up: bool) -> Turn:
    if up == turn.visit.server_up:
        return turn
    turn = turn.set(server_up=up)
    name = turn.visit.phase.name
    if name in FREE_PHASES:
        return _free(turn)
    if not up and name in SERVED_PHASES:
        return leave_without_server(turn, rules)
    return turn


def _free(turn: Turn) -> Turn:
    visit = turn.visit
    if visit.card_place is not CardPlace.OUT:
        return turn  # begun anew with a card in: Started gives it back first
    blocking = any(device not in OPTIONAL_DEVICES for device in visit.lost) or not visit.server_up
    if visit.phase.name == "out_of_service" or blocking:
        language = visit.language
        if visit.case is not None and not blocking:
            return end_visit(turn, Outcome.LEFT)
        return to_attract(turn).set(language=language)
    return turn


def _went_away(turn: Turn) -> Turn:
    if turn.visit.phase.name == "pay":
        return pay.give_up(turn)
    return give_card_back(turn, Outcome.LEFT)


def idle_watch(turn: Turn, event: Event, rules: Rules) -> Turn:
    """Keep exactly one idle timer in the phases that wait for the resident; touches renew it."""
    phase = turn.visit.phase
    busy = any(map(turn.visit.awaits, ("ResumeCase", "MakeApplication", "CancelPayment")))
    if phase.name not in IDLE_PHASES or busy:
        return _not_idle(turn)
    if isinstance(event, Touched | OfferTouched | TravelTold | LanguageChosen):
        turn = _not_idle(turn)
    if turn.visit.awaits("timer:idle") or turn.visit.awaits("timer:idle_warning"):
        return turn
    seconds = rules.timers.pay if phase.name == "pay" else rules.timers.idle
    return turn.timer("idle", seconds)


def _not_idle(turn: Turn) -> Turn:
    turn = turn.cancel("timer:idle", "timer:idle_warning")
    return turn.set(idle_warning=False) if turn.visit.idle_warning else turn
