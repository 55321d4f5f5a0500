"""The decisions that fit a case, each with its key, its words and what it demands."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from backend.approvals.policy import needs_of
from backend.cases.decisions import fitting_kinds, needs_person_seen
from backend.cases.hands import has_linked
from backend.cases.models import Case
from backend.config import hall
from backend.console.texts import say
from backend.console.waiting import approvers
from backend.console.words import in_language, offer_title, rule_title
from backend.records.linking import search_residents
from backend_client.contract import DecisionKind

KEYS = {
    DecisionKind.IDENTITY_ACCEPTED: "A",
    DecisionKind.NEW_PORTRAIT: "R",
    DecisionKind.RECORD_LINKED: "L",
    DecisionKind.ELIGIBILITY_GRANTED: "G",
    DecisionKind.TO_COUNTER: "W",
    DecisionKind.REFUSED: "X",
}
GRANTS = frozenset(
    {
        DecisionKind.IDENTITY_ACCEPTED,
        DecisionKind.RECORD_LINKED,
        DecisionKind.ELIGIBILITY_GRANTED,
    }
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a select."""

    code: str
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One decision as the panel offers it; ``barred`` where this person linked the record."""

    kind: str
    key: str
    title: str
    confirm: str
    lead: str
    style: str
    seen: bool
    phrases: list[Choice]
    words: bool
    offers: list[Choice]
    search: bool
    residents: list[Choice]
    reason: bool
    approval: str
    barred: bool


def options_for(case: Case, user: User, language: str, found: str = "") -> list[Option]:
    """Return the decisions that fit the case, in the policy's order.

    ``found`` is what the clerk searched the record by.
    """
    kinds = fitting_kinds(case)
    main = next((kind for kind in kinds if kind in GRANTS), None)
    return [_option(case, kind, user, language, main=kind == main, found=found) for kind in kinds]


def _option(
    case: Case, kind: DecisionKind, user: User, language: str, *, main: bool, found: str
) -> Option:
    granted = kind == DecisionKind.ELIGIBILITY_GRANTED
    linked = kind == DecisionKind.RECORD_LINKED
    return Option(
        kind=kind.value,
        key=KEYS[kind],
        title=say(language, f"decide.{kind.value}"),
        confirm=say(language, f"decide.confirm_{kind.value}"),
        lead=say(language, f"decide.lead_{kind.value}"),
        style=_style(kind, main),
        seen=needs_person_seen(case, kind),
        phrases=_phrases(kind, language) if kind not in GRANTS else [],
        words=kind in (DecisionKind.NEW_PORTRAIT, DecisionKind.REFUSED),
        offers=_offers(case, language) if granted else [],
        search=linked,
        residents=_residents(case, found) if linked else [],
        reason=kind == DecisionKind.REFUSED,
        approval=_approval(case, kind, user, language),
        barred=kind == DecisionKind.IDENTITY_ACCEPTED and has_linked(case, user.pk),
    )


def _style(kind: DecisionKind, main: bool) -> str:
    if main:
        return "main"
    return "no" if kind == DecisionKind.REFUSED else "other"


def _phrases(kind: DecisionKind, language: str) -> list[Choice]:
    return [
        Choice(phrase.code, in_language(phrase.text, language))
        for phrase in hall().phrases.phrase
        if kind in phrase.fits
    ]


def _residents(case: Case, found: str) -> list[Choice]:
    """Return the people the record may be linked to: those found, else the one it names now."""
    people = list(search_residents(found))
    if not people and case.permit is not None:
        people = [case.permit.resident]
    return [
        Choice(str(person.pk), f"{person.name_zh} · {person.born}", len(people) == 1)
        for person in people
    ]


def _offers(case: Case, language: str) -> list[Choice]:
    return [
        Choice(offer.code, offer_title(offer.code, language), offer.code == case.offer_code)
        for offer in hall().offers.offer
    ]


def _approval(case: Case, kind: DecisionKind, user: User, language: str) -> str:
    needs = needs_of(case, kind)
    if not needs:
        return ""
    title = say(language, f"decide.{kind.value}")
    count = sum(need.count for need in needs)
    roles = {role for need in needs for role in need.roles}
    present = [person.name for person in approvers(roles, user) if person.present]
    names = say(language, "why.comma").join(present)
    asking = (
        say(language, "decide.approval_note", decision=title, count=count, names=names)
        if present
        else say(language, "decide.approval_none_online", decision=title, count=count)
    )
    rules = [f"{rule_title(need.rule, language)}{_stop(language)}" for need in needs if need.rule]
    return say(language, "why.gap").join((asking, *rules))


def _stop(language: str) -> str:
    return "." if language == "en" else "。"


def decision_notes(case: Case, user: User, language: str) -> list[str]:
    """Say whose word the first decision needs, and which decisions need nobody else's."""
    kinds = fitting_kinds(case)
    asking = (_approval(case, kind, user, language) for kind in kinds)
    first = next((note for note in asking if note), "")
    free = [say(language, f"decide.{kind.value}") for kind in kinds if not needs_of(case, kind)]
    names = say(language, "why.comma").join(free)
    rest = say(language, "decide.approval_free", decisions=names) if first and free else ""
    return [note for note in (first, rest) if note]
