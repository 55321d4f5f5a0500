"""Take card: the card is at the gate, or on its way there."""

from dataclasses import replace

from kiosk.session.facts import Outcome
from kiosk.session.phases import TakeCard
from kiosk.session.visit import Visit
from kiosk.ui.page import Busy, Note, Page, Part, Pictogram, Picture, Tone
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import attention, page, ticket_parts
from kiosk.ui.texts import issue


def screen(visit: Visit, phase: TakeCard, scene: Scene) -> Page:
    """Return the page."""
    language = visit.language
    parts: tuple[Part, ...] = (Picture(Pictogram.CARD_OUT),)
    if visit.case is not None and phase.outcome is not Outcome.ISSUED:
        parts += ticket_parts(replace(visit.case, resume_qr=""), language)
    if phase.receipt_missing:
        parts += (attention(issue.RECEIPT_MISSING, language),)
    if phase.presented:
        left = scene.left(scene.timers.take_card, scene.phase_s)
        within = issue.TAKE_WITHIN.in_language(language).format(seconds=left)
        parts += (Note(within, Tone.STRONG),)
        title = issue.TAKE_TITLE[phase.outcome]
    else:
        parts += (Busy(),)
        title = issue.COMING_OUT
    lead = issue.TAKE_LEAD[phase.outcome] if phase.presented else issue.COMING_OUT_LEAD
    return replace(page(visit, title, lead, step=5), parts=parts)
