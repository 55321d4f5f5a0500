"""Portrait: a mirror, one hint at a time, and a way without it."""

from dataclasses import replace

from kiosk.session.events import Button
from kiosk.session.facts import Texts
from kiosk.session.phases import Portrait
from kiosk.session.visit import Visit
from kiosk.ui.page import Mirror, Note, Page, Part, Tone
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import button, exit_button, page
from kiosk.ui.texts import frame, portrait


def _again(visit: Visit) -> Texts:
    """Say what helps, as far as the last comparison knows it."""
    reason = "" if visit.comparison is None else visit.comparison.reason
    return portrait.WHAT_TO_DO.get(reason, portrait.AGAIN)


def screen(visit: Visit, phase: Portrait, scene: Scene) -> Page:
    """Return the page."""
    del scene
    language = visit.language
    parts: tuple[Part, ...] = (Mirror(),)
    if phase.words is not None:
        parts += (Note(phase.words.in_language(language), Tone.ATTENTION),)
    elif visit.tries > 1:  # the first capture is try 1
        parts += (Note(_again(visit).in_language(language)),)
    return replace(
        page(visit, portrait.TITLE, portrait.TAKE_OFF, step=3),
        parts=parts,
        help=button(Button.DECLINE_FACE_CHECK, frame.HELP_NO_FACE, language),
        exit=exit_button(visit),
    )
