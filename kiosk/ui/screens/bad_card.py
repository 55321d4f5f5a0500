"""Bad card: what is wrong, in terms the resident can act on, and what now."""

from dataclasses import replace

from kiosk.session.events import Button
from kiosk.session.facts import CardProblem
from kiosk.session.phases import BadCard
from kiosk.session.visit import Visit
from kiosk.ui.page import Note, Page, Pictogram, Picture
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import button, page
from kiosk.ui.texts import card, frame

_PERSON = (CardProblem.CHIP_CHECK_FAILED, CardProblem.EXPIRED)


def screen(visit: Visit, phase: BadCard, scene: Scene) -> Page:
    """Return the page."""
    language = visit.language
    title, lead = card.PROBLEMS[phase.problem]
    left = scene.left(scene.timers.bad_card, scene.phase_s)
    note = Note(card.BAD_CARD_LEFT.in_language(language).format(seconds=left))
    kind = Pictogram.PERSON if phase.problem in _PERSON else Pictogram.CARD_TURN
    return replace(
        page(visit, title, lead, step=1),
        parts=(Picture(kind), note),
        main=button(Button.LEAVE, card.TAKE_BACK, language),
        help=button(Button.ASK_PERSON, frame.HELP, language),
    )
