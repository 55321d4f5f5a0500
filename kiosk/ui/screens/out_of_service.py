"""Out of service: says that it comes back by itself, and what staff may want to know."""

from dataclasses import replace

from kiosk.session.phases import OutOfService
from kiosk.session.visit import Visit
from kiosk.ui.page import Note, Page, Part, Pictogram, Picture
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import page
from kiosk.ui.texts import waiting


def screen(visit: Visit, phase: OutOfService, scene: Scene) -> Page:
    """Return the page."""
    del scene
    language = visit.language
    parts: tuple[Part, ...] = (Picture(Pictogram.PAUSE),)
    if phase.server_lost:
        parts += (Note(waiting.OUT_SERVER.in_language(language)),)
    if phase.lost:
        separator = waiting.SEPARATOR.in_language(language)
        names = separator.join(
            waiting.DEVICES[device].in_language(language) for device in phase.lost
        )
        parts += (Note(waiting.OUT_DEVICE.in_language(language).format(names=names)),)
    return replace(page(visit, waiting.OUT_TITLE, waiting.OUT_LEAD), parts=parts)
