"""Travel: that staff know, then when and why the resident travels, by a few large choices."""

from dataclasses import replace
from datetime import datetime, timedelta

from kiosk.session.events import Button, TravelTold
from kiosk.session.facts import CardPlace, Texts, Travel
from kiosk.session.visit import Visit
from kiosk.ui.page import Action, Choice, Choices, Page, Part, Stepper, TravelDraft
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import button, called, page
from kiosk.ui.texts import waiting

_DAYS = (waiting.TODAY, waiting.TOMORROW, waiting.AFTER)
_LAST_HOUR = 23


def screen(visit: Visit, scene: Scene, title: Texts) -> Page:
    """Return the page that asks, under a title that says where the call for staff stands."""
    language, draft = visit.language, scene.draft
    done = Action(
        "travel:done",
        waiting.ASK_DONE.in_language(language),
        TravelTold(Travel(departure(draft, scene.now), draft.ground)),
        enabled=draft.day is not None,
    )
    parts: tuple[Part, ...] = (_days(visit, scene),)
    if draft.day is not None:
        parts += (_hours(visit, scene),)
    if scene.grounds:
        parts += (_grounds(visit, scene),)
    inside = visit.card_place is not CardPlace.OUT
    leave = waiting.LEAVE_CARD if inside else waiting.LEAVE_TICKET
    asked = replace(
        page(visit, title, waiting.ASK_LEAD),
        parts=parts,
        main=done,
        second=button(Button.SKIP_TRAVEL, waiting.ASK_SKIP, language),
        exit=button(Button.LEAVE_WITH_TICKET, leave, language),
    )
    return called(asked, visit)


def departure(draft: TravelDraft, now: datetime) -> datetime | None:
    """Return the moment that was chosen, at the full hour."""
    if draft.day is None:
        return None
    day = now + timedelta(days=draft.day)
    return day.replace(hour=draft.hour, minute=0, second=0, microsecond=0)


def earliest(day: int | None, now: datetime) -> int:
    """Return the first hour of a day that is still to come."""
    return min(_LAST_HOUR, now.hour + 1) if day == 0 else 0


def _days(visit: Visit, scene: Scene) -> Choices:
    language, draft = visit.language, scene.draft
    items = []
    for day, text in enumerate(_DAYS):
        hour = max(draft.hour, earliest(day, scene.now))
        changed = replace(draft, day=day, hour=hour)
        action = Action(f"travel:day{day}", text.in_language(language), changed)
        items.append(Choice(draft.day == day, action))
    return Choices(waiting.ASK_DAY.in_language(language), tuple(items), columns=3)


def _hours(visit: Visit, scene: Scene) -> Stepper:
    draft = scene.draft
    first = earliest(draft.day, scene.now)
    less = replace(draft, hour=max(first, draft.hour - 1))
    more = replace(draft, hour=min(_LAST_HOUR, draft.hour + 1))
    return Stepper(
        waiting.ASK_HOUR.in_language(visit.language),
        f"{draft.hour}:00",
        Action("travel:earlier", "－", less, enabled=draft.hour > first),
        Action("travel:later", "＋", more, enabled=draft.hour < _LAST_HOUR),
    )


def _grounds(visit: Visit, scene: Scene) -> Choices:
    draft = scene.draft
    items = []
    for ground in scene.grounds:
        chosen = draft.ground == ground.code
        changed = replace(draft, ground=None if chosen else ground.code)
        text = ground.title.in_language(visit.language)
        items.append(Choice(chosen, Action(f"travel:ground:{ground.code}", text, changed)))
    return Choices(waiting.ASK_GROUND.in_language(visit.language), tuple(items), columns=2)
