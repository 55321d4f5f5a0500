"""Insert card: shows how the card goes in."""

from dataclasses import replace

from kiosk.session.events import Button
from kiosk.session.phases import InsertCard
from kiosk.session.visit import Visit
from kiosk.ui.page import Page, Part, Pictogram, Picture
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import attention, button, exit_button, page
from kiosk.ui.texts import card, frame


def screen(visit: Visit, phase: InsertCard, scene: Scene) -> Page:
    """Return the page."""
    del scene
    parts: tuple[Part, ...] = (Picture(Pictogram.CARD_IN),)
    if phase.chip_left_in_field:
        parts += (attention(card.CHIP_LEFT, visit.language),)
    return replace(
        page(visit, card.INSERT_TITLE, card.INSERT_LEAD, step=1),
        parts=parts,
        help=button(Button.ASK_PERSON, frame.HELP_NO_CARD, visit.language),
        exit=exit_button(visit),
    )
