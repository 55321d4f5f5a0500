"""What a record's holder can have on a day, and why not what they cannot. Pure.

A private reason (exit ban, functionary status) and a case that the rules do not cover are both
told as ASK_STAFF: whoever found a card must not learn them from the screen.
"""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from backend.config_models import OfferConfig, OffersConfig
from backend.records.source import Held, Record
from backend_client.contract import ClosedOffer, ClosedReason, Endorsement, Offer, Texts

REPRINT = "REPRINT-"
AGE_OF_OWN_CONSENT = 14


@dataclass(frozen=True, slots=True)
class Possible:
    """Offers, closed offers, and what must stay on the back."""

    offers: tuple[Offer, ...]
    closed: tuple[ClosedOffer, ...]
    still_valid: tuple[Endorsement, ...]
    permit_expired: bool
    under_14: bool

    def find(self, code: str) -> Offer | None:
        """Return the open offer of this code."""
        return next((offer for offer in self.offers if offer.code == code), None)


def possible_today(
    record: Record, config: OffersConfig, today: date, granted: Collection[str] = ()
) -> Possible:
    """Apply the rules. ``granted`` are codes that a person opened for this card."""
    expired = record.valid_until < today
    valid = tuple(held for held in record.held if held.valid_on(today))
    offers: list[Offer] = []
    closed: list[ClosedOffer] = []
    if not expired:
        offers += [_reprint(held, config) for held in valid if held.faded]
    for form in config.offer:
        reason = closed_reason(record, form, config, today)
        if not expired and (reason is None or form.code in granted):
            fee = config.fees[form.entries]
            offers.append(Offer(code=form.code, title=form.title, detail=form.detail, fee_fen=fee))
        else:
            why = reason or ClosedReason.PERMIT_EXPIRES
            closed.append(
                ClosedOffer(
                    code=form.code,
                    title=form.title,
                    reason=why,
                    explanation=config.explanations[why],
                )
            )
    return Possible(
        offers=tuple(offers),
        closed=tuple(closed),
        still_valid=tuple(held.endorsement for held in valid),
        permit_expired=expired,
        under_14=age_on(record.born, today) < AGE_OF_OWN_CONSENT,
    )


def closed_reason(
    record: Record, form: OfferConfig, config: OffersConfig, today: date
) -> ClosedReason | None:
    """Return why this form is closed to this record; None when it is open."""
    broken = [rule for rule in config.rule if rule.fact in record.facts and form.kind in rule.kinds]
    if record.cancelled or any(rule.private for rule in broken):
        return ClosedReason.ASK_STAFF
    if broken:
        return ClosedReason.NOT_AT_KIOSK
    days = config.margin_days.get(record.city, config.margin_days["default"])
    if record.valid_until < last_day(today, form.valid_months) + timedelta(days=days):
        return ClosedReason.PERMIT_EXPIRES
    for held in record.held:
        same = held.kind == form.kind and held.endorsement.destination == form.destination
        if same and held.valid_on(today):
            return ClosedReason.ALREADY_HELD
    return None


def new_endorsement(
    form: OfferConfig, config: OffersConfig, number: str, today: date
) -> Endorsement:
    """Write out the endorsement that is issued today."""
    return Endorsement(
        number=number,
        kind=form.kind,
        title=_title(form, config),
        destination=form.destination,
        entries=config.entries_texts[form.entries],
        valid_from=today,
        valid_until=last_day(today, form.valid_months),
        stay_days=form.stay_days,
        office=config.reprint.office,
        destination_title=config.destination_titles[form.destination],
        kind_title=config.kind_titles[form.kind],
    )


def _title(form: OfferConfig, config: OffersConfig) -> Texts:
    where, what = config.destination_titles[form.destination], config.kind_titles[form.kind]
    return Texts(
        zh_hans=f"{where.zh_hans} {what.zh_hans}",
        zh_hant=f"{where.zh_hant} {what.zh_hant}",
        en=f"{where.en}, {what.en}",
    )


def last_day(first: date, months: int) -> date:
    """Return the last day of a span of months; a month's missing day becomes its last."""
    month = first.month - 1 + months
    year, month = first.year + month // 12, month % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def age_on(born: date, day: date) -> int:
    """Return the age in whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _reprint(held: Held, config: OffersConfig) -> Offer:
    return Offer(
        code=f"{REPRINT}{held.endorsement.number}"[:64],
        title=held.endorsement.title,
        detail=config.reprint.title,
        fee_fen=config.fees["reprint"],
        reprint_of=held.endorsement.number,
    )
