"""Pay: a QR code, the amount, the time left."""

from dataclasses import replace

from kiosk.session.facts import PaymentStatus
from kiosk.session.phases import Pay
from kiosk.session.visit import Visit
from kiosk.ui.page import Busy, Code, Page, Part, Pictogram, Picture
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import attention, clock_time, exit_button, page, price
from kiosk.ui.texts import issue


def screen(visit: Visit, phase: Pay, scene: Scene) -> Page:
    """Return the page."""
    language = visit.language
    payment = visit.payment
    if phase.cancelling:
        waiting: tuple[Part, ...] = (Picture(Pictogram.CHECKING), Busy())
        return replace(
            page(visit, issue.PAY_CANCELLING, issue.PAY_CANCELLING_LEAD, step=4), parts=waiting
        )
    if payment is None or not payment.qr_text:
        starting: tuple[Part, ...] = (Picture(Pictogram.CHECKING), Busy())
        return replace(
            page(visit, issue.PAY_STARTING, step=4), parts=starting, exit=exit_button(visit)
        )
    left = clock_time(scene.left(scene.timers.pay, scene.phase_s))
    code = Code(
        payment.qr_text,
        headline=price(payment.amount_fen, language),
        caption=issue.PAY_CAPTION.in_language(language).format(time=left),
    )
    parts: tuple[Part, ...] = (code,)
    if payment.status is PaymentStatus.FAILED:
        parts += (attention(issue.PAY_AGAIN, language),)
    return replace(
        page(visit, issue.PAY_TITLE, issue.PAY_LEAD, step=4), parts=parts, exit=exit_button(visit)
    )
