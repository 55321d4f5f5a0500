"""Take card: the card is at the gate, or on its way there."""

from dataclasses import replace

from kiosk.session.facts import Outcome
from kiosk.session.phases import TakeCard
from kiosk.session.visit import Visit
from kiosk.ui.page import Busy, Note, Page, Part, Pictogram, Picture, Tone
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import attention, page, staff_words, ticket_parts
from kiosk.ui.texts import issue, waiting


def screen(visit: Visit, phase: TakeCard, scene: Scene) -> Page:
    """Return the page."""
    language = visit.language
    parts: tuple[Part, ...] = (Picture(Pictogram.CARD_OUT),)
    issued = phase.outcome is Outcome.ISSUED
    if visit.case is not None and not issued:
        parts += ticket_parts(replace(visit.case, resume_qr=""), language)
    if phase.receipt_missing:
        missing = issue.RECEIPT_MISSING if issued else waiting.TICKET_MISSING
        parts += (attention(missing, language),)
    if phase.presented and not phase.drawing_in:
        left = scene.left(scene.timers.take_card, scene.phase_s)
        within = issue.TAKE_WITHIN.in_language(language).format(seconds=left)
        parts += (Note(within, Tone.STRONG),)
        title = issue.TAKE_TITLE[phase.outcome]
    else:
        parts += (Busy(),)
        title = issue.COMING_OUT
    lead = issue.TAKE_LEAD[phase.outcome] if phase.presented else issue.COMING_OUT_LEAD
    if phase.drawing_in:
        title, lead = issue.DRAWING_IN, issue.DRAWING_IN_LEAD
        parts = (Picture(Pictogram.CARD_IN), Busy())
    if phase.issued_before and phase.presented:
        lead = issue.TAKE_LEAD[Outcome.ISSUED]
    if phase.case_waits and phase.outcome is Outcome.LEFT and phase.presented:
        lead = issue.STILL_WAITS
    words = staff_words(visit)
    if words is not None and phase.presented and not issued:
        lead = words
    # The line would mark payment as done; a visit that ends without an endorsement has none.
    return replace(page(visit, title, lead, step=5 if issued else None), parts=parts)
