"""One sequence of events: a visit in a world, watched at every step."""

import random
from collections import Counter
from collections.abc import Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field
from typing import Any

from kiosk.session import events as ev
from kiosk.session import flow
from kiosk.session.effects import Ask, FollowCase, WatchCase
from kiosk.session.events import Button
from kiosk.session.facts import CardPlace, Device, Travel
from kiosk.session.rules import Rules
from kiosk.session.visit import Ref, Visit
from kiosk.values import Language
from tests.session.invariants import NOBODY, Watch
from tests.session.world import FREE_OFFER, PAID_OFFER, Pick, World

PLAUSIBLE: dict[str, tuple[tuple[int, ev.Event], ...]] = {
    "attract": ((8, ev.Touched(Button.START)), (1, ev.Touched(Button.ASK_PERSON))),
    "insert_card": ((1, ev.Touched(Button.BACK)),),
    "bad_card": ((3, ev.Touched(Button.NEXT)), (1, ev.Touched(Button.ASK_PERSON))),
    "welcome_back": (
        (60, ev.Touched(Button.NEXT)),
        (8, ev.Touched(Button.START_NEW)),
        (1, ev.Touched(Button.LEAVE)),
    ),
    "offers": (
        (40, ev.Touched(Button.NEXT)),
        (30, ev.OfferTouched(PAID_OFFER.code)),
        (10, ev.OfferTouched(FREE_OFFER.code)),
        (2, ev.Touched(Button.DISPUTE)),
        (1, ev.Touched(Button.LEAVE)),
    ),
    "notice": ((60, ev.Touched(Button.AGREE)), (10, ev.Touched(Button.DECLINE_FACE_CHECK))),
    "confirm": ((60, ev.Touched(Button.CONFIRM)), (3, ev.Touched(Button.BACK))),
    "pay": ((3, ev.Touched(Button.NEXT)), (1, ev.Touched(Button.LEAVE))),
    "escalated": (
        (3, ev.TravelTold(Travel(None, "work"))),
        (2, ev.Touched(Button.BACK)),
        (1, ev.Touched(Button.LEAVE_WITH_TICKET)),
    ),
    "leaving": ((1, ev.Touched(Button.NEXT)),),
}
"""What a resident most likely touches on each screen."""

WAITS_FOR_TOUCH = ("welcome_back", "offers", "notice", "confirm")
BOUND = 300
"""Steps in which a visit must be over once nothing new happens to it."""

Seen = Counter[tuple[str, str]]


def first(options: Sequence[tuple[int, Any]]) -> Any:
    """Pick what is plausible."""
    return options[0][1]


@dataclass
class Run:
    """A visit and its world."""

    rules: Rules = field(default_factory=Rules)
    visit: Visit = field(default_factory=lambda: Visit("boot"))
    seen: Seen = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.world = World(self.rules)
        self.watch = Watch(self.world)
        self.phases = {self.visit.phase.name}

    def twin(self) -> "Run":
        """Return a run that goes on from here by itself; what it sees is not counted."""
        twin = copy(self)
        twin.world, twin.seen, twin.phases = self.world.twin(), Counter(), set(self.phases)
        twin.watch = Watch(twin.world, deepcopy(self.watch.truth))
        return twin

    def do(self, event: ev.Event) -> flow.Reception:
        """Let one thing happen."""
        before = self.visit
        self.visit, effects, reception = flow.receive(before, event, self.rules)
        if reception is not flow.Reception.DROPPED:
            self.seen[before.phase.name, type(event).__name__] += 1
        self.world.take(effects)
        self.watch.saw(before, event, self.visit, effects, reception)
        self.phases.add(self.visit.phase.name)
        return reception

    def happen(self, pick: Pick[Any]) -> None:
        """Let the next thing happen: mostly an answer or a touch that fits, now and then news."""
        phase = self.visit.phase.name
        asks, timers = self.world.asks, self.world.timers
        fitting = PLAUSIBLE.get(phase, ())
        kinds = [
            (500 if asks else 0, self._answer),
            (600 if phase in WAITS_FOR_TOUCH else 40 if fitting else 0, self._touch_fitting),
            (30 if timers and asks else 200 if timers else 0, self._time_up),
            (80 if phase == "issue" else 16, self._touch_any),
            (20, self._stray),
            (9, self._device_lost),
            (200 if self.visit.lost else 0, self._device_back),
            (4 if self.visit.server_up else 300, self._server),
            (6, self._language),
            (100 if phase == "card_held" else 1, self._released),
            (6, self._card_moved_by_hand),
        ]
        happens = pick([(weight, kind) for weight, kind in kinds if weight])
        happens(pick)

    def _answer(self, pick: Pick[Any]) -> None:
        ask = pick([(1, ask) for ask in self.world.asks])
        self.do(self.world.answer(ask, pick))

    def _time_up(self, pick: Pick[Any]) -> None:
        timer = pick([(1, timer) for timer in self.world.timers])
        self.do(self.world.answer(timer, first))

    def _touch_fitting(self, pick: Pick[Any]) -> None:
        self.do(pick(PLAUSIBLE[self.visit.phase.name]))

    def _touch_any(self, pick: Pick[Any]) -> None:
        events: list[ev.Event] = [ev.Touched(button) for button in Button]
        events += [ev.OfferTouched("no-such-offer"), ev.TravelTold(Travel(None, None))]
        self.do(pick([(1, event) for event in events]))

    def _stray(self, pick: Pick[Any]) -> None:
        """Answer what nobody awaits: withdrawn, or of another visit."""
        asks: list[Ask] = [*self.world.gone, *self.world.open.values()]
        if not asks:
            return
        ask = pick([(1, ask) for ask in asks])
        twin = self.world.twin()
        twin.open[ask.ref] = ask
        event = twin.answer(ask, pick)
        if ask.ref in self.world.open:
            other = f"boot-{self.visit.sequence + pick([(1, 1), (1, -1)])}"
            event = type(event)(**{**fields(event), "ref": Ref(other, ask.ref.effect_id)})
        reception = self.do(event)
        assert reception is flow.Reception.DROPPED, f"a stray {event} was {reception}"

    def _device_lost(self, pick: Pick[Any]) -> None:
        # The session treats the journal as it does the document reader.
        devices = [device for device in Device if device is not Device.JOURNAL]
        self.do(ev.DeviceChanged(pick([(1, device) for device in devices]), usable=False))

    def _device_back(self, pick: Pick[Any]) -> None:
        device = pick([(1, device) for device in self.visit.lost])
        self.do(ev.DeviceChanged(device, usable=True))

    def _server(self, pick: Pick[Any]) -> None:
        self.do(ev.ServerChanged(up=not self.visit.server_up))

    def _language(self, pick: Pick[Any]) -> None:
        self.do(ev.LanguageChosen(pick([(1, language) for language in Language])))

    def _released(self, pick: Pick[Any]) -> None:
        self.do(ev.HeldCardReleased())

    def _card_moved_by_hand(self, pick: Pick[Any]) -> None:
        """Pull the card, or find one that was put in while the slot was not armed."""
        if self.world.place is not CardPlace.OUT:
            self.world.place = CardPlace.OUT
        elif self.visit.card_place is CardPlace.OUT:
            self.world.cards += 1
            self.world.place = pick([(1, CardPlace.INSIDE), (1, CardPlace.AT_GATE)])
            self.do(ev.CardFound(self.world.place))

    @property
    def at_rest(self) -> bool:
        """Say whether nobody's visit is under way."""
        return self.visit.phase.name in NOBODY and self.visit.phase.name != "insert_card"

    def end_fairly(self) -> None:
        """Let everything be answered as it should: the visit must come to an end."""
        for _ in range(BOUND):
            if self.at_rest:
                return
            asks = self.world.asks or self.world.timers
            self.do(self.world.answer(asks[0], first))
        raise AssertionError(f"a fair world does not end {self.visit}")

    def end_stubbornly(self, seed: int) -> None:
        """Let every ask have one answer for ever, and nobody touch anything or decide."""
        moods: dict[str, int] = {}
        source = random.Random(seed)

        def pick(options: Sequence[tuple[int, Any]]) -> Any:
            kind = str(type(options[0][1]))
            mood = moods.setdefault(f"{kind}{len(options)}", source.randrange(1000))
            return options[mood % len(options)][1]

        for _ in range(BOUND):
            if self.at_rest or self.visit.phase.name == "card_held":
                return
            asks = [a for a in self.world.asks if not isinstance(a, WatchCase | FollowCase)]
            chosen = source.choice(asks) if asks and source.random() < 0.7 else None
            timers = self.world.timers
            ask = chosen or (timers[0] if timers else asks[0])
            self.do(self.world.answer(ask, pick))
        raise AssertionError(f"a stubborn world does not end {self.visit}")


def fields(event: ev.Answer) -> dict[str, Any]:
    """Return an event's fields by name."""
    return {name: getattr(event, name) for name in type(event).__dataclass_fields__}
