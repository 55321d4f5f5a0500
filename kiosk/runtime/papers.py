"""What stands on receipt and ticket: Chinese first, and the visit's language where it differs."""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum

from backend_client.contract import ApplicationView, Endorsement
from devices.interfaces import QrCode, ReceiptPart, Row, Rule, Text
from kiosk.runtime import translate
from kiosk.session.facts import Case, Escalation, Outcome, Texts
from kiosk.values import Language, in_yuan, masked_card


class Phrase(Enum):
    """Every fixed text on paper."""

    RECEIPT = Texts("智能签注受理回执", "智能簽注受理回執", "Endorsement receipt")
    TICKET = Texts("人工窗口小票", "人工窗口小票", "Ticket for the counter")
    NUMBER = Texts("受理编号", "受理編號", "Application")
    CARD = Texts("证件号码", "證件號碼", "Card number")
    KIND = Texts("签注", "簽注", "Endorsement")
    VALID_UNTIL = Texts("有效期至", "有效期至", "Valid until")
    FEE = Texts("费用", "費用", "Fee")
    FREE = Texts("免费", "免費", "Free")
    REPRINT = Texts("免费重印", "免費重印", "Free reprint")
    MONEY = Texts("{yuan} 元", "{yuan} 元", "CNY {yuan}")
    TIME = Texts("时间", "時間", "Time")
    KIOSK = Texts("自助机", "自助機", "Kiosk")
    TAKE_CARD = Texts("请取回证件", "請取回證件", "Please take your permit")
    WAITING = Texts(
        "请凭小票到人工窗口，工作人员会接着办，不用重新填写。",
        "請憑小票到人工窗口，工作人員會接著辦，不用重新填寫。",
        "Please take this ticket to the counter. Staff go on from there. Nothing to fill in again.",
    )
    ANY_KIOSK = Texts(
        "也可以稍后在本大厅任何一台自助机插入证件接着办。",
        "也可以稍後在本大廳任何一台自助機插入證件接著辦。",
        "Or put your card into any kiosk of this hall later and go on there.",
    )
    TO_COUNTER = Texts(
        "请凭小票到人工窗口办理，不用重新填写。",
        "請憑小票到人工窗口辦理，不用重新填寫。",
        "Please take this ticket to the counter. Nothing to fill in again.",
    )


_GO_ON_ANYWHERE = (
    Escalation.PORTRAIT_NOT_MATCHED,
    Escalation.LIVENESS_ALARM,
    Escalation.PORTRAITS_DISAGREE,
    Escalation.NO_REFERENCE,
    Escalation.FACE_CHECK_DECLINED,
    Escalation.NO_RECORD,
    Escalation.INELIGIBLE_DISPUTED,
    Escalation.PERSON_ASKED,
    Escalation.DEVICE_FAULT,
)
"""What any kiosk takes up. A print that has begun is for the counter, and so is a bad chip."""


def receipt(
    view: ApplicationView,
    issued: Endorsement | None,
    card_number: str,
    language: Language,
    *,
    kiosk: str,
    at: datetime,
) -> tuple[ReceiptPart, ...]:
    """Compose the receipt of an issued endorsement. The card number is masked."""
    parts: list[ReceiptPart] = [*_title(Phrase.RECEIPT, language), Rule()]
    parts += _row(Phrase.NUMBER, view.number, language)
    parts += _row(Phrase.CARD, masked_card(card_number), language)
    parts += _row(Phrase.KIND, _both(translate.texts(view.offer.title), language), language)
    if issued is not None:
        parts += _row(Phrase.VALID_UNTIL, issued.valid_until.isoformat(), language)
    parts += _row(Phrase.FEE, _fee(view, language), language)
    parts += _foot(kiosk, at, language)
    parts += _words(Phrase.TAKE_CARD, language)
    return tuple(parts)


def ticket(
    case: Case, outcome: Outcome, language: Language, *, kiosk: str, at: datetime
) -> tuple[ReceiptPart, ...]:
    """Compose the ticket: number, QR, and what happens now. Nothing personal is on it."""
    waits = outcome is Outcome.WAITING
    parts: list[ReceiptPart] = [*_title(Phrase.TICKET, language)]
    parts.append(Text(case.ticket, scale=3, bold=True, centred=True))
    parts.append(QrCode(case.resume_qr or case.id))
    words = case.decision.words if case.decision is not None else None
    if words is not None:  # the clerk's own say where to go; twice is once too often
        parts += [Text(text) for text in _languages(words, language)]
    else:
        parts += _words(Phrase.WAITING if waits else Phrase.TO_COUNTER, language)
    if waits and case.reason in _GO_ON_ANYWHERE:
        parts += _words(Phrase.ANY_KIOSK, language)
    parts += [Rule(), *_foot(kiosk, at, language)]
    return tuple(parts)


def _fee(view: ApplicationView, language: Language) -> str:
    if view.offer.fee_fen:
        money = _both(Phrase.MONEY.value, language)
        return money.format(yuan=in_yuan(view.offer.fee_fen))
    free = Phrase.FREE if view.offer.reprint_of is None else Phrase.REPRINT
    return _both(free.value, language)


def _title(phrase: Phrase, language: Language) -> Iterator[ReceiptPart]:
    for scale, text in zip((2, 1), _languages(phrase.value, language), strict=False):
        yield Text(text, scale=scale, bold=True, centred=True)


def _words(phrase: Phrase, language: Language) -> Iterator[ReceiptPart]:
    for text in _languages(phrase.value, language):
        yield Text(text)


def _row(phrase: Phrase, value: str, language: Language) -> Iterator[ReceiptPart]:
    yield Row(_both(phrase.value, language), value)


def _foot(kiosk: str, at: datetime, language: Language) -> Iterator[ReceiptPart]:
    yield from _row(Phrase.TIME, at.strftime("%Y-%m-%d %H:%M"), language)
    yield from _row(Phrase.KIOSK, kiosk, language)


def _languages(texts: Texts, language: Language) -> tuple[str, ...]:
    chinese, wanted = texts.zh_hans, texts.in_language(language)
    return (chinese,) if wanted == chinese else (chinese, wanted)


def _both(texts: Texts, language: Language) -> str:
    return " ".join(_languages(texts, language))
