"""Confirm: whose card, what is put on it, what it costs."""

from dataclasses import replace

from kiosk.session.events import Button
from kiosk.session.phases import Confirm
from kiosk.session.visit import Visit
from kiosk.ui.page import Busy, Page, Part, Row, Rows
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import button, exit_button, offer_title, page, price
from kiosk.ui.texts import choose, frame
from kiosk.values import masked_card


def screen(visit: Visit, phase: Confirm, scene: Scene) -> Page:
    """Return the page."""
    del scene
    language = visit.language
    free = visit.chosen is not None and visit.chosen.fee_fen == 0
    parts: tuple[Part, ...] = (Rows(_rows(visit)),)
    if phase.sending:
        parts += (Busy(),)
    done = choose.CONFIRM_FREE if free else choose.CONFIRM_PAY
    lead = choose.CONFIRM_SENDING if phase.sending else choose.CONFIRM_LEAD
    return replace(
        page(visit, choose.CONFIRM_TITLE, lead, step=4),
        parts=parts,
        main=button(Button.CONFIRM, done, language, enabled=not phase.sending),
        second=button(Button.BACK, frame.BACK, language, enabled=not phase.sending),
        exit=exit_button(visit),
    )


def _rows(visit: Visit) -> tuple[Row, ...]:
    language = visit.language
    rows: list[Row] = []
    if visit.card is not None:
        rows.append(Row(choose.ROW_NAME.in_language(language), visit.card.name))
        rows.append(Row(choose.ROW_CARD.in_language(language), masked_card(visit.card.number)))
    if visit.chosen is not None:
        offer = visit.chosen
        rows.append(Row(choose.ROW_KIND.in_language(language), offer_title(offer, language)))
        detail = offer.detail.in_language(language)
        if detail and offer.reprint_of is None:  # a reprint's says why, not how long
            rows.append(Row(choose.ROW_DETAIL.in_language(language), detail))
        fee = price(offer.fee_fen, language)
        rows.append(Row(choose.ROW_FEE.in_language(language), fee, strong=True))
    return tuple(rows)
