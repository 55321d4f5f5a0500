"""Attract: the card goes in here; nothing on it belongs to anybody."""

from dataclasses import replace

from kiosk.session.events import Button
from kiosk.session.phases import Attract
from kiosk.session.visit import Visit
from kiosk.ui.page import Note, Page, Pictogram, Picture
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import attention, button, page
from kiosk.ui.texts import card, frame


def screen(visit: Visit, phase: Attract, scene: Scene) -> Page:
    """Return the page."""
    del scene
    language = visit.language
    note = Note(card.ATTRACT_NOTE.in_language(language))
    if phase.chip_left_in_field:
        note = attention(card.CHIP_LEFT, language)
    return replace(
        page(visit, card.ATTRACT_TITLE, card.ATTRACT_LEAD),
        large=True,
        parts=(Picture(Pictogram.CARD_IN), note),
        main=button(Button.START, card.START, language),
        help=button(Button.ASK_PERSON, frame.HELP_NO_CARD, language),
    )
