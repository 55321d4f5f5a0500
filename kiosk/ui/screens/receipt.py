"""Receipt: it comes out now."""

from dataclasses import replace

from kiosk.session.phases import Receipt
from kiosk.session.visit import Visit
from kiosk.ui.page import Busy, Page, Pictogram, Picture
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import page
from kiosk.ui.texts import issue


def screen(visit: Visit, phase: Receipt, scene: Scene) -> Page:
    """Return the page."""
    del phase, scene
    return replace(
        page(visit, issue.RECEIPT_TITLE, issue.RECEIPT_LEAD, step=5),
        parts=(Picture(Pictogram.RECEIPT), Busy()),
    )
