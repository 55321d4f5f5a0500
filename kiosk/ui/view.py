"""From a visit to a page. Pure: the same visit at the same moment gives the same page."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.session import phases
from kiosk.session.events import Button
from kiosk.session.facts import CardPlace
from kiosk.session.visit import Visit
from kiosk.ui.page import Overlay, Page
from kiosk.ui.scene import Scene
from kiosk.ui.screens import (
    attract,
    bad_card,
    card_held,
    compare,
    confirm,
    escalated,
    insert_card,
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
from kiosk.ui.screens.common import button, called
from kiosk.ui.texts import frame

SCREENS: dict[type[object], Callable[..., Page]] = {
    phases.OutOfService: out_of_service.screen,
    phases.Attract: attract.screen,
    phases.InsertCard: insert_card.screen,
    phases.ReadCard: read_card.screen,
    phases.BadCard: bad_card.screen,
    phases.WelcomeBack: welcome_back.screen,
    phases.ChooseOffer: offers.screen,
    phases.Notice: notice.screen,
    phases.Portrait: portrait.screen,
    phases.Compare: compare.screen,
    phases.Confirm: confirm.screen,
    phases.Pay: pay.screen,
    phases.Issue: issue.screen,
    phases.Receipt: receipt.screen,
    phases.TakeCard: take_card.screen,
    phases.Escalated: escalated.screen,
    phases.Leaving: leaving.screen,
    phases.CardHeld: card_held.screen,
}
"""Which screen draws which phase: every phase has one."""

_WITH_TICKET = (phases.Escalated, phases.Leaving)


def view(visit: Visit, scene: Scene) -> Page:
    """Return what the screen shows."""
    page = SCREENS[type(visit.phase)](visit, visit.phase, scene)
    if visit.open_case is not None and not isinstance(visit.phase, _WITH_TICKET):
        page = called(page, visit)
    return replace(page, overlay=_idle(visit, scene)) if visit.idle_warning else page


def _idle(visit: Visit, scene: Scene) -> Overlay:
    language = visit.language
    inside = visit.card_place is not CardPlace.OUT
    lead = frame.IDLE_CARD if inside else frame.IDLE_NO_CARD
    return Overlay(
        title=frame.IDLE_TITLE.in_language(language),
        lead=lead.in_language(language),
        seconds=scene.left(scene.timers.idle_warning, scene.warned_s),
        action=button(Button.STAY, frame.IDLE_STAY, language),
    )
