"""Card held: somebody's card is inside; nobody else may use the kiosk."""

from dataclasses import replace

from kiosk.session.phases import CardHeld
from kiosk.session.visit import Visit
from kiosk.ui.page import Page, Pictogram, Picture
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import page
from kiosk.ui.texts import card


def screen(visit: Visit, phase: CardHeld, scene: Scene) -> Page:
    """Return the page."""
    del phase, scene
    return replace(page(visit, card.HELD_TITLE, card.HELD_LEAD), parts=(Picture(Pictogram.PERSON),))
