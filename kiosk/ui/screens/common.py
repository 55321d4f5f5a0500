"""What several screens share: an empty page, usual buttons, figures in words."""

from dataclasses import replace
from datetime import datetime

from kiosk.session.events import Button, Touched
from kiosk.session.facts import CardPlace, Case, CaseStage, Offer, Texts
from kiosk.session.visit import Visit
from kiosk.ui.page import Action, Code, Note, Page, Part, Row, Rows, Tone
from kiosk.ui.texts import choose, frame, waiting
from kiosk.values import Language, in_yuan


def button(kind: Button, text: Texts, language: Language, enabled: bool = True) -> Action:
    """Return an action that reports this button; its name is the button's."""
    return Action(kind.value, text.in_language(language), Touched(kind), enabled)


def page(visit: Visit, title: Texts, lead: Texts | None = None, step: int | None = None) -> Page:
    """Return a page with help at the left and no other way on yet."""
    language = visit.language
    return Page(
        name=visit.phase.name,
        language=language,
        header=frame.HEADER.in_language(language),
        steps=tuple(text.in_language(language) for text in frame.STEPS),
        title=title.in_language(language),
        lead=lead.in_language(language) if lead else "",
        step=step,
        help=button(Button.ASK_PERSON, frame.HELP, language),
    )


def exit_button(visit: Visit) -> Action:
    """Return the way out, in words that say whether a card comes with it."""
    inside = visit.card_place is not CardPlace.OUT
    return button(Button.LEAVE, frame.EXIT_CARD if inside else frame.EXIT, visit.language)


def called(page: Page, visit: Visit) -> Page:
    """Return the page saying how far the call for a person got, instead of a way to call one."""
    if visit.case is None:
        said = waiting.STAGE_TITLE[CaseStage.SENDING]
        return replace(page, help=None, called=said.in_language(page.language))
    words = frame.CALLED if staff_know(visit) else frame.CALLING
    said = words if visit.server_up else frame.CALL_KEPT
    number = visit.case.ticket
    return replace(page, help=None, called=said.in_language(page.language).format(number=number))


def staff_know(visit: Visit) -> bool:
    """Say whether the server has the case; what it said of it before it was lost may be over."""
    sent = visit.case is not None and visit.case.stage is not CaseStage.SENDING
    return sent and visit.server_up


def staff_words(visit: Visit) -> Texts | None:
    """Return what the person who decided wants the resident to read."""
    decision = visit.case.decision if visit.case is not None else None
    return decision.words if decision is not None else None


def span(seconds: int, language: Language) -> str:
    """Return a time left or passed in whole minutes, in seconds below one.

    8:00 would be read as eight o'clock. Rounded down: nobody is promised more than there is.
    """
    if seconds < 60:
        return frame.SECONDS.in_language(language).format(count=seconds)
    return frame.MINUTES.in_language(language).format(count=seconds // 60)


def when(moment: datetime | None, now: datetime, language: Language) -> str:
    """Return a moment as people say it: today 19:40."""
    if moment is None:
        return waiting.TRAVEL_UNKNOWN.in_language(language)
    if now.tzinfo is not None and moment.tzinfo is not None:
        moment = moment.astimezone(now.tzinfo)
    days = (moment.date() - now.date()).days
    named = (waiting.TODAY, waiting.TOMORROW, waiting.AFTER)
    if 0 <= days < len(named):
        day = named[days].in_language(language)
    else:
        text = waiting.MONTH_DAY.in_language(language)
        day = text.format(month=moment.month, day=moment.day)
    return f"{day} {moment:%H:%M}"


def price(fee_fen: int, language: Language) -> str:
    """Return a fee in words, whole yuan without decimals."""
    if fee_fen == 0:
        return choose.FREE.in_language(language)
    return choose.PRICE.in_language(language).format(yuan=in_yuan(fee_fen))


def offer_title(offer: Offer, language: Language) -> str:
    """Return what is offered; a reprint says so."""
    title = offer.title.in_language(language)
    if offer.reprint_of is None:
        return title
    return f"{choose.REPRINT.in_language(language)} · {title}"


def ticket_parts(case: Case, language: Language) -> tuple[Part, ...]:
    """Return number and QR code of a ticket, as far as they are known."""
    number = Row(waiting.NUMBER.in_language(language), case.ticket, strong=True)
    parts: tuple[Part, ...] = (Rows((number,)),)
    if case.resume_qr:
        caption = waiting.TICKET_CAPTION.in_language(language)
        parts += (Code(case.resume_qr, caption=caption),)
    return parts


def attention(text: Texts, language: Language) -> Note:
    """Return a note that should be noticed."""
    return Note(text.in_language(language), Tone.ATTENTION)
