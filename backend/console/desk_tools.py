"""What a desk needs beside the queue: who is here, to whom a case may go, what can be begun."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from backend.accounts.presence import Colleague, colleagues, is_away
from backend.accounts.services import desk_of, has_right
from backend.cases.models import Case, Stage
from backend.cases.reasons import STAFF_CODES
from backend.console.options import Choice
from backend.console.texts import say


@dataclass(frozen=True, slots=True)
class DeskTools:
    """Who is here, how this person is shown, and which cases may be typed in."""

    people: list[Colleague]
    away: bool
    desk: str
    kinds: tuple[str, ...]


def desk_tools(user: User) -> DeskTools:
    """Return the tools beside the queue."""
    return DeskTools(
        people=colleagues(),
        away=is_away(user),
        desk=desk_of(user),
        kinds=STAFF_CODES if has_right(user, "claim") else (),
    )


def receivers(case: Case, user: User, language: str) -> list[Choice]:
    """Return to whom this person may hand the case over: colleagues at their desks."""
    if case.stage != Stage.CLAIMED or case.claimed_by_id != user.pk:
        return []
    return [
        Choice(str(person.user_id), _called(person, language))
        for person in colleagues()
        if person.claims and person.user_id != user.pk
    ]


def may_take_over(case: Case, user: User) -> bool:
    """Say whether this person may take the case from whoever has it."""
    others = case.stage == Stage.CLAIMED and case.claimed_by_id not in (None, user.pk)
    return others and has_right(user, "take_over")


def _called(person: Colleague, language: str) -> str:
    if not person.desk:
        return person.name
    return f"{person.name} · {say(language, 'app.desk', desk=person.desk)}"
