"""Pay: a QR code, the amount, the time left; a code that is spent is replaced by one touch."""

from dataclasses import replace

from kiosk.session.events import Button
from kiosk.session.facts import PaymentStatus
from kiosk.session.phases import Pay
from kiosk.session.visit import Visit
from kiosk.ui.page import Action, Busy, Code, Page, Part, Pictogram, Picture, Row, Rows
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import button, exit_button, offer_title, page, price, span
from kiosk.ui.texts import choose, frame, issue
from kiosk.values import Language

_ENDED = (PaymentStatus.CANCELLED, PaymentStatus.FAILED)


def screen(visit: Visit, phase: Pay, scene: Scene) -> Page:
    """Return the page."""
    language = visit.language
    payment = visit.payment
    if phase.cancelling:
        waiting: tuple[Part, ...] = (Picture(Pictogram.CHECKING), Busy())
        return replace(
            page(visit, issue.PAY_CANCELLING, issue.PAY_CANCELLING_LEAD, step=4), parts=waiting
        )
    if payment is not None and payment.status in _ENDED:
        return _new_code(visit, payment.amount_fen)
    if payment is None or not payment.qr_text:
        starting: tuple[Part, ...] = (Picture(Pictogram.CHECKING), Busy())
        return replace(
            page(visit, issue.PAY_STARTING, step=4),
            parts=starting,
            help=_help(language),
            exit=exit_button(visit),
        )
    left = span(scene.left(scene.timers.pay, scene.idle_s), language)
    code = Code(
        payment.qr_text,
        headline=price(payment.amount_fen, language),
        caption=issue.PAY_CAPTION.in_language(language).format(time=left),
    )
    return replace(
        page(visit, issue.PAY_TITLE, issue.PAY_LEAD, step=4),
        parts=(code,),
        help=_help(language),
        exit=exit_button(visit),
    )


def _help(language: Language) -> Action:
    """Return the way to a person in the words of who cannot pay by telephone."""
    return button(Button.ASK_PERSON, frame.HELP_NO_PHONE, language)


def _new_code(visit: Visit, amount_fen: int) -> Page:
    """Return the page of a code that nobody can pay by any more: what is due, and a new code."""
    language = visit.language
    rows: tuple[Row, ...] = ()
    if visit.chosen is not None:
        kind = offer_title(visit.chosen, language)
        rows += (Row(choose.ROW_KIND.in_language(language), kind),)
    fee = price(amount_fen, language)
    rows += (Row(choose.ROW_FEE.in_language(language), fee, strong=True),)
    return replace(
        page(visit, issue.PAY_ENDED, issue.PAY_ENDED_LEAD, step=4),
        parts=(Rows(rows),),
        main=button(Button.NEXT, issue.PAY_NEW_CODE, language),
        help=_help(language),
        exit=exit_button(visit),
    )
