"""Notice: what happens with the face, and the equal way without it."""

from dataclasses import replace

from kiosk.session.events import Button
from kiosk.session.phases import Notice
from kiosk.session.visit import Visit
from kiosk.ui.page import Bullets, Note, Page, Part, Tone
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import attention, button, exit_button, page
from kiosk.ui.texts import choose, frame


def screen(visit: Visit, phase: Notice, scene: Scene) -> Page:
    """Return the page."""
    del scene
    language = visit.language
    child = visit.offers is not None and visit.offers.under_14
    taken_up = visit.resumption is not None and visit.resumption.portrait
    what = choose.NOTICE_WHAT_AGAIN if taken_up else choose.NOTICE_WHAT
    said = (what, choose.NOTICE_KEEP, choose.NOTICE_ELSE)
    chosen_for_good = visit.application is not None or visit.resumption is not None
    parts: tuple[Part, ...] = ()
    if child:
        parts = (attention(choose.NOTICE_GUARDIAN, language),)
    elif phase.words is not None:
        parts = (Note(phase.words.in_language(language), Tone.ATTENTION),)
    items = tuple((head.in_language(language), text.in_language(language)) for head, text in said)
    agree = choose.AGREE_GUARDIAN if child else choose.AGREE
    return replace(
        page(visit, choose.NOTICE_TITLE, choose.NOTICE_LEAD, step=3),
        parts=(*parts, Bullets(items)),
        main=button(Button.AGREE, agree, language),
        second=None if chosen_for_good else button(Button.BACK, frame.BACK, language),
        help=button(Button.DECLINE_FACE_CHECK, frame.HELP_NO_FACE, language),
        exit=exit_button(visit),
    )
