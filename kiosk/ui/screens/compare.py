"""Compare: the photo is taken, nothing is to be done."""

from dataclasses import replace

from kiosk.session.phases import Compare
from kiosk.session.visit import Visit
from kiosk.ui.page import Busy, Page, Pictogram, Picture
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import exit_button, page
from kiosk.ui.texts import portrait


def screen(visit: Visit, phase: Compare, scene: Scene) -> Page:
    """Return the page."""
    del phase, scene
    return replace(
        page(visit, portrait.COMPARE_TITLE, portrait.COMPARE_LEAD, step=3),
        parts=(Picture(Pictogram.COMPARE), Busy()),
        exit=exit_button(visit),
    )
