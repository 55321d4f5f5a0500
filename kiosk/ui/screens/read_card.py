"""Read card: printed zone and chip are read, then the server is asked."""

from dataclasses import replace

from kiosk.session.phases import ReadCard
from kiosk.session.visit import Visit
from kiosk.ui.page import Busy, Page, Pictogram, Picture
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import page
from kiosk.ui.texts import again, card


def screen(visit: Visit, phase: ReadCard, scene: Scene) -> Page:
    """Return the page."""
    del scene
    title = card.ASK_TITLE if phase.asking_server else card.READ_TITLE
    taken_up = visit.resumption
    if taken_up is not None and not taken_up.joined:
        title = again.TAKING_UP  # who has chosen already is not told that offers are looked up
    picture = Picture(Pictogram.CHECKING if phase.asking_server else Pictogram.CARD_READ)
    return replace(page(visit, title, card.READ_LEAD, step=1), parts=(picture, Busy()))
