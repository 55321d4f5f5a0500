"""Insert card: shows how the card goes in."""

from dataclasses import replace

from kiosk.session.events import Button
from kiosk.session.phases import InsertCard
from kiosk.session.visit import Visit
from kiosk.ui.page import Page, Pictogram, Picture
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import button, exit_button, page
from kiosk.ui.texts import card, frame


def screen(visit: Visit, phase: InsertCard, scene: Scene) -> Page:
    """Return the page."""
    del phase, scene
    return replace(
        page(visit, card.INSERT_TITLE, card.INSERT_LEAD, step=1),
        parts=(Picture(Pictogram.CARD_IN),),
        help=button(Button.ASK_PERSON, frame.HELP_NO_CARD, visit.language),
        exit=exit_button(visit),
    )
