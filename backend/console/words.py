"""Words that come from the hall's configuration or from records, in the page's language."""

from backend.cases.models import Case, Decision
from backend.config import hall
from backend.console.texts import say
from backend.fleet.models import Kiosk
from backend_client.contract import Texts


def kiosk_called(kiosk: Kiosk, language: str) -> str:
    """Return what the hall calls a kiosk; where it has given it no name, its number in words."""
    return called(kiosk.id, kiosk.name, language)


def called(kiosk_id: str, name: str, language: str) -> str:
    """Return the same of a kiosk that a report names; empty where it names none."""
    return name or (say(language, "fleet.called", id=kiosk_id) if kiosk_id else "")


def in_language(texts: Texts, language: str) -> str:
    """Return one of three texts by Django's language code."""
    match language:
        case "zh-hant":
            return texts.zh_hant
        case "en":
            return texts.en
        case _:
            return texts.zh_hans


def offer_title(code: str, language: str) -> str:
    """Return name and form of an offer; its code when the configuration no longer has it."""
    offer = hall().offers.find(code) if code else None
    return _title(offer.title, offer.detail, language) if offer else code


def case_offer_title(case: Case, language: str) -> str:
    """Return what the case is about: the application's offer, or the one that was chosen."""
    if case.application is not None:
        offer = case.application.offer
        title, detail = (Texts.model_validate(offer[part]) for part in ("title", "detail"))
        return _title(title, detail, language)
    return offer_title(case.offer_code, language)


def _title(title: Texts, detail: Texts, language: str) -> str:
    gap = ", " if language == "en" else "，"
    return f"{in_language(title, language)}{gap}{in_language(detail, language)}"


def ground_title(code: str, language: str) -> str:
    """Return the name of a ground of urgency."""
    ground = hall().urgency.find(code) if code else None
    return in_language(ground.title, language) if ground else code


def alarm_title(code: str, language: str) -> str:
    """Return what a timer of the queue says; its code when the configuration no longer has it."""
    alarm = hall().alarms.find(code)
    return in_language(alarm.title, language) if alarm else code


def rule_title(code: str, language: str) -> str:
    """Return what an approval_rule says; its code when the configuration no longer has it."""
    rules = (rule for rule in hall().policy.approval_rule if rule.code == code)
    rule = next(rules, None)
    return in_language(rule.title, language) if rule else code


def decision_words(decision: Decision, language: str) -> str:
    """Return the words that the resident reads with a decision; empty when there are none."""
    texts = Texts(
        zh_hans=decision.words_zh_hans,
        zh_hant=decision.words_zh_hant,
        en=decision.words_en,
    )
    return in_language(texts, language)
