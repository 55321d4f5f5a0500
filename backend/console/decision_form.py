"""The decision that a clerk filled in, checked before the server's rules see it.

The rules hold in the services; here a missing part becomes a sentence in the clerk's language.
"""

from dataclasses import dataclass

from django.http import QueryDict

from backend.cases.decisions import DecisionInput, fitting_kinds, needs_person_seen
from backend.cases.models import Case
from backend.console.numbers import read_number
from backend.records.linking import is_on_record
from backend_client.contract import DecisionKind, Texts

MIN_REASON_LENGTH = 4
MAX_WORDS_LENGTH = 500
MAX_NOTE_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing: the key of a message."""

    key: str


def read_decision(case: Case, form: QueryDict) -> DecisionInput | Missing:
    """Return the decision in ``form``, or what it lacks."""
    kind = next((k for k in fitting_kinds(case) if k.value == form.get("kind")), None)
    if kind is None:
        return Missing("message.decision_unfit")
    words = form.get("words", "").strip()[:MAX_WORDS_LENGTH]
    granted = kind == DecisionKind.ELIGIBILITY_GRANTED
    linked = kind == DecisionKind.RECORD_LINKED
    resident = form.get("resident_id", "") if linked else ""
    resident_id = read_number(resident)
    if resident and (resident_id is None or not is_on_record(resident_id)):
        return Missing("message.resident_unknown")
    what = DecisionInput(
        kind=kind,
        phrase="" if words else form.get("phrase", ""),
        words=Texts(zh_hans=words, zh_hant=words, en=words) if words else None,
        note=form.get("note", "").strip()[:MAX_NOTE_LENGTH],
        offer_code=form.get("offer_code", "") if granted else "",
        resident_id=resident_id,
        seen_in_person=form.get("seen_in_person") == "1",
    )
    lacking = _lacking(case, what)
    return Missing(lacking) if lacking else what


def _lacking(case: Case, what: DecisionInput) -> str:
    if needs_person_seen(case, what.kind) and not what.seen_in_person:
        return "message.seen_missing"
    match what.kind:
        case DecisionKind.REFUSED if len(what.note) < MIN_REASON_LENGTH:
            return "message.reason_missing"
        case DecisionKind.NEW_PORTRAIT if not (what.phrase or what.words):
            return "message.words_missing"
        case DecisionKind.RECORD_LINKED if what.resident_id is None:
            return "message.resident_missing"
        case _:
            return ""
