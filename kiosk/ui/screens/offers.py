"""Offers: what can be had today and its price, before any effort is spent."""

from dataclasses import replace

from kiosk.session.events import Button, OfferTouched
from kiosk.session.facts import ClosedOffer, Offer, Offers
from kiosk.session.phases import ChooseOffer
from kiosk.session.visit import Visit
from kiosk.ui.page import Action, OptionItem, Options, Page, Pictogram, Picture
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import button, exit_button, offer_title, page, price
from kiosk.ui.texts import choose, frame
from kiosk.values import Language

_NOTHING = Offers(record_found=True, permit_expired=False, under_14=False, open=(), closed=())


def screen(visit: Visit, phase: ChooseOffer, scene: Scene) -> Page:
    """Return the page."""
    language = visit.language
    offers = visit.offers or _NOTHING
    if not offers.open:
        return _nothing_open(visit, offers, scene)
    items = tuple(_open(offer, phase.selected, language) for offer in offers.open)
    items += tuple(_closed(offer, language) for offer in offers.closed)
    dispute = button(Button.DISPUTE, choose.DISPUTE, language)
    return replace(
        page(visit, choose.TITLE, choose.LEAD, step=2),
        parts=(_list(items, scene, language),),
        main=button(Button.NEXT, frame.NEXT, language, enabled=phase.selected is not None),
        second=dispute if offers.closed else None,
        exit=exit_button(visit),
    )


def _nothing_open(visit: Visit, offers: Offers, scene: Scene) -> Page:
    language = visit.language
    title = choose.EXPIRED_TITLE if offers.permit_expired else choose.NONE_TITLE
    items = tuple(_closed(offer, language) for offer in offers.closed)
    parts = (_list(items, scene, language),) if items else (Picture(Pictogram.PERSON),)
    return replace(
        page(visit, title, choose.NONE_LEAD, step=2),
        parts=parts,
        main=button(Button.DISPUTE, choose.DISPUTE_MAIN, language),
        exit=exit_button(visit),
    )


def _list(items: tuple[OptionItem, ...], scene: Scene, language: Language) -> Options:
    more, previous = frame.MORE.in_language(language), frame.PREVIOUS.in_language(language)
    return Options(items, scene.list_page, more, previous)


def _open(offer: Offer, selected: str | None, language: Language) -> OptionItem:
    title = offer_title(offer, language)
    return OptionItem(
        title=title,
        detail=offer.detail.in_language(language),
        price=price(offer.fee_fen, language),
        selected=offer.code == selected,
        action=Action(f"offer:{offer.code}", title, OfferTouched(offer.code)),
    )


def _closed(offer: ClosedOffer, language: Language) -> OptionItem:
    return OptionItem(
        offer.title.in_language(language),
        offer.explanation.in_language(language),
    )
