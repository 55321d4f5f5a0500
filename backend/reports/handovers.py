"""Open cases at the end of a day: who takes which, with which note, and how the next shift sees it.

A handover is a word between colleagues, no claim: the case stays in the queue for everybody, and
whoever is free may take it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from backend.accounts.services import actor, has_right
from backend.audit.kinds import Kind
from backend.audit.services import Fact, append_many, text_hash
from backend.bulk import insert_rows
from backend.cases.models import Case, Stage
from backend.refusal import Refused
from backend.reports.models import CaseHandover, DayClosing
from backend_client.contract import RefusalCode

NOTE_MAX = 200
BATCH = 500


def open_cases() -> QuerySet[Case]:
    """Return what is not closed, the most pressing first."""
    return (
        Case.objects.exclude(stage=Stage.CLOSED)
        .select_related("kiosk", "claimed_by")
        .order_by("decide_by", "created_at", "id")
    )


class Handed(NamedTuple):
    """What a day's report says of an open case; thousands are read, so no more of each."""

    id: str
    ticket: str
    kiosk_id: str
    kiosk: str
    reason: str
    stage: str
    decide_by: datetime


def cases_to_hand_over() -> list[Handed]:
    """Return the open cases, the most pressing first, as the report needs them."""
    rows = open_cases().values_list(
        "id", "ticket", "kiosk_id", "kiosk__name", "reason", "stage", "decide_by"
    )
    return [
        Handed(case, ticket, kiosk or "", name or "", reason, stage, decide_by)
        for case, ticket, kiosk, name, reason, stage, decide_by in rows
    ]


def who_can_take() -> list[User]:
    """Return who open cases can be handed to: active accounts that may claim."""
    users = User.objects.filter(is_active=True).order_by("username")
    return [user for user in users if has_right(user, "claim")]


def takers_of(
    cases: list[Handed], handed_to: Mapping[str, int], all_to: int = 0
) -> list[tuple[Handed, User]]:
    """Return each case with who takes it: its own taker, or who takes all that have none named.

    Raises Refused BAD_REQUEST where one has nobody.
    """
    takers = {user.pk: user for user in who_can_take()}
    pairs = []
    for case in cases:
        taker = takers.get(handed_to.get(case.id, all_to))
        if taker is None:
            raise Refused(RefusalCode.BAD_REQUEST, "each open case needs a colleague who takes it")
        pairs.append((case, taker))
    return pairs


def handed_line(case: Handed, taker: User) -> dict[str, Any]:
    """Return what a day's report says of a handover; the note is not signed, it is erased."""
    return {
        "case": case.id,
        "ticket": case.ticket,
        "kiosk": case.kiosk,
        "kiosk_id": case.kiosk_id,
        "reason": case.reason,
        "stage": case.stage,
        "decide_by": case.decide_by.isoformat(),
        "to": taker.get_full_name() or taker.get_username(),
    }


def hand_over(
    closing: DayClosing, handed: list[tuple[Handed, User]], notes: Mapping[str, str]
) -> None:
    """Store the handovers of a closing. Call it inside a transaction."""
    rows = [
        (closing.pk, case.id, taker.pk, notes.get(case.id, "")[:NOTE_MAX]) for case, taker in handed
    ]
    insert_rows(CaseHandover, ("closing", "case", "to", "note"), rows)
    day, names = closing.day.isoformat(), {taker.pk: actor(taker) for _, taker in handed}

    def facts(to: int, note: str) -> dict[str, Fact]:
        return {"to": names[to], "day": day, "note": text_hash(note) if note else ""}

    said = ((f"case:{case}", facts(to, note)) for _, case, to, note in rows)
    append_many(Kind.DAY_CASE_HANDED_OVER, actor(closing.closed_by), said)


def with_handovers(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return cases that bring their handovers along, in one more query for all of them."""
    found = CaseHandover.objects.select_related("to", "closing__closed_by").order_by("closing__day")
    return cases.prefetch_related(Prefetch("handovers", found, to_attr="known_handovers"))


def known_handovers(case: Case) -> list[CaseHandover]:
    """Return the handovers, by day, of a case that ``with_handovers`` brought."""
    return case.known_handovers  # type: ignore[attr-defined,no-any-return]  # a plain list: no query set each


def last_handover(case: Case) -> CaseHandover | None:
    """Return the newest handover of a case that ``with_handovers`` brought."""
    return max(known_handovers(case), key=lambda one: one.closing.day, default=None)


def waits_for_taker(case: Case, handover: CaseHandover) -> bool:
    """Say whether the handed case still waits: nobody holds it who claimed it since."""
    since = case.claimed_at
    return case.claimed_by_id is None or since is None or since <= handover.closing.closed_at


def handed_to(user: User) -> QuerySet[CaseHandover]:
    """Return the handovers to this person that no later closing replaced."""
    later = CaseHandover.objects.filter(
        case=OuterRef("case"), closing__day__gt=OuterRef("closing__day")
    )
    return CaseHandover.objects.filter(~Exists(later), to=user).exclude(case__stage=Stage.CLOSED)


def erase_notes() -> int:
    """Erase the notes on cases whose evidence is erased; return how many."""
    due = CaseHandover.objects.filter(case__erased_at__isnull=False).exclude(note="")
    keys = list(due.values_list("pk", flat=True)[:BATCH])
    return CaseHandover.objects.filter(pk__in=keys).update(note="")
