"""Leaving: number and code of the ticket, before the card comes out."""

from dataclasses import replace

from kiosk.session.events import Button
from kiosk.session.facts import Outcome
from kiosk.session.phases import Leaving
from kiosk.session.visit import Visit
from kiosk.ui.page import Busy, Note, Page, Part, Pictogram, Picture
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import attention, button, page, staff_words, ticket_parts
from kiosk.ui.texts import frame, waiting

_BY_TICKET = (Outcome.WAITING, Outcome.SERVER_LOST)
"""The ticket is what the resident goes on with: the title says so, unless none was printed."""


def screen(visit: Visit, phase: Leaving, scene: Scene) -> Page:
    """Return the page."""
    del scene
    language = visit.language
    title = waiting.LEAVING_TITLE[phase.outcome]
    if phase.printed is False and phase.outcome in _BY_TICKET:
        title = waiting.BY_NUMBER_TITLE
    shown = page(visit, title, waiting.LEAVING_LEAD[phase.outcome])
    words = staff_words(visit)
    if words is not None:
        shown = replace(shown, lead=words.in_language(language))
    parts: tuple[Part, ...] = (Picture(Pictogram.DONE),)
    if visit.case is not None:
        parts = ticket_parts(visit.case, language)
        if not visit.case.resume_qr and phase.printed is not False:
            parts += (Picture(Pictogram.TICKET),)
    if phase.printed is None:
        parts += (Note(waiting.PRINTING_TICKET.in_language(language)), Busy())
    elif not phase.printed and visit.case is not None:
        parts += (attention(waiting.TICKET_MISSING, language),)
        if not visit.case.resume_qr:
            parts += (Picture(Pictogram.PERSON),)
    main = button(Button.NEXT, frame.DONE, language) if phase.printed is not None else None
    return replace(shown, parts=parts, main=main)
