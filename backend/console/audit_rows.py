"""The audit as its readers see it: what was typed becomes a search, events become rows."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User
from django.utils.timezone import localtime

from backend.applications.models import Application
from backend.audit.models import AuditEvent
from backend.audit.search import Search
from backend.cases.models import Case
from backend.console.audit_facts import People, facts_in_words, named_in
from backend.console.numbers import read_number
from backend.console.texts import say, say_code
from backend.console.waiting import display_name
from backend.console.words import called
from backend.orders.models import IssueOrder
from backend.reports.span import parse_span

CARD = re.compile(r"[A-Z][A-Z0-9][0-9]{7}")
MOST_SUBJECTS = 200


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One event. Names of staff are looked up for the page; the chain holds only numbers."""

    seq: int
    at: str
    kind: str
    code: str
    actor: str
    subject: str
    case_id: str
    facts: str


def read_search(typed: dict[str, str]) -> tuple[Search, bool]:
    """Return the search that was typed, and whether all of it could be read."""
    day, day_read = _day(typed.get("day", ""))
    about = typed.get("about", "").strip()[:120]
    actor, actor_read = _actor(typed.get("actor", "").strip()[:150])
    search = Search(
        kind=typed.get("kind", "")[:48],
        day=day,
        subjects=subjects_of(about, day) if about else (),
        actor=actor,
        before=read_number(typed.get("before", "")),
    )
    return search, day_read and actor_read


def _day(text: str) -> tuple[date | None, bool]:
    if not text:
        return None, True
    span = parse_span(text)
    return (span.first, True) if span and span.is_day else (None, False)


def _actor(text: str) -> tuple[str, bool]:
    """Return the audit's name of who was typed: kiosk:3 as it is, an account by its user name."""
    if not text or ":" in text or text in ("system", "payment-provider"):
        return text, True
    user = User.objects.filter(username=text).first()
    return (f"staff:{user.pk}", True) if user else ("nobody", False)


def subjects_of(about: str, day: date | None) -> tuple[str, ...]:
    """Return every subject that a ticket, a card number, a case or the audit's own name means."""
    if ":" in about:
        return (about,)
    plain = about.replace(" ", "").upper()
    cases = Case.objects.filter(id=about)
    if CARD.fullmatch(plain):
        cases |= Case.objects.filter(card_number=plain)
    elif re.fullmatch(r"[A-Z][0-9]{1,4}", plain):
        cases |= Case.objects.filter(ticket=f"{plain[0]} {plain[1:]}")
        if day is not None:
            cases = cases.filter(ticket_day=day)
    ids = list(cases.order_by("-created_at").values_list("id", flat=True)[:MOST_SUBJECTS])
    found = [f"case:{case_id}" for case_id in ids] or [f"case:{about}"]
    if CARD.fullmatch(plain):
        found.append(f"card:{plain}")
        for name, model in (("application", Application), ("order", IssueOrder)):
            made = model._default_manager.filter(card_number=plain).order_by("-created_at")
            found += [f"{name}:{pk}" for pk in made.values_list("pk", flat=True)[:MOST_SUBJECTS]]
    return tuple(found)


def audit_rows(events: list[AuditEvent], language: str) -> list[AuditRow]:
    """Lay out events for the page."""
    named = {name for event in events for name in (event.actor, *named_in(event.facts))}
    numbers = {name.removeprefix("staff:") for name in named if _is_staff(name)}
    people = {f"staff:{user.pk}": user for user in User.objects.filter(pk__in=numbers)}
    return [_row(event, people, language) for event in events]


def _is_staff(actor: str) -> bool:
    kind, _, number = actor.partition(":")
    return kind == "staff" and read_number(number) is not None


def _row(event: AuditEvent, people: People, language: str) -> AuditRow:
    kind, _, name = event.subject.partition(":")
    return AuditRow(
        seq=event.seq,
        at=_local(event.at),
        kind=say_code(language, "audit_kind", event.kind),
        code=event.kind,
        actor=_actor_in_words(event.actor, people, language),
        subject=event.subject,
        case_id=name if kind == "case" and re.fullmatch(r"[-a-zA-Z0-9_]+", name) else "",
        facts=facts_in_words(event.facts, people, language),
    )


def _actor_in_words(actor: str, people: People, language: str) -> str:
    """Return who it was in words; the chain's own name beside them, as a search asks for it."""
    kind, _, name = actor.partition(":")
    person = people.get(actor)
    if person is not None:
        words = display_name(person)
    elif kind == "kiosk" and name:
        words = called(name, "", language)
    elif actor == "system":
        return say(language, "audit.by_itself")
    else:
        return actor
    return f"{words} ({actor})"


def _local(stamp: str) -> str:
    try:
        return f"{localtime(datetime.fromisoformat(stamp)):%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return stamp  # a changed row is shown as it stands
