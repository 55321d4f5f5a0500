"""The bar's links as data: one slot a page, shown to whom it is open.

A new page adds its slot here, its label to the shell's texts, and a URL of that name. A slot whose
URL is not there is left out, so that a hall may run without a page.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import NoReverseMatch, reverse

from backend.accounts.services import rights_of
from backend.approvals.services import asked_of
from backend.console.overview import Overview
from backend.console.waiting import count_open
from backend.insight.incidents import open_incidents

Count = Callable[[User, Overview | None], int | None]


@dataclass(frozen=True, slots=True)
class NavSlot:
    """One page of the bar: ``rights`` of which one opens it, ``count`` of what waits there."""

    name: str
    rights: frozenset[str]
    count: Count | None = None


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One link of the bar; ``key`` is its place, pressed as a digit."""

    name: str
    url: str
    label: str
    key: str
    count: int | None = None


def _slot(name: str, *rights: str, count: Count | None = None) -> NavSlot:
    return NavSlot(name, frozenset(rights), count)


SLOTS = (
    _slot("queue", "view_queue", count=lambda _, seen: seen.open if seen else count_open()),
    _slot("approvals", "approve", count=lambda user, _: asked_of(user).count()),
    _slot("counter", "view_queue"),
    _slot("fleet", "view_fleet", "view_queue", count=lambda _, seen: _incidents(seen)),
    _slot("reports", "view_reports"),
    _slot("audit", "view_audit"),
    _slot("accounts", "manage"),
    _slot("settings", "view_settings"),
)


def _incidents(seen: Overview | None) -> int | None:
    return (len(seen.incidents) if seen else open_incidents().count()) or None


def navigation(user: User, seen: Overview | None = None) -> list[NavEntry]:
    """Return the links this account may follow, with what waits behind them.

    ``seen``: count there, not in the database.
    """
    rights = rights_of(user)
    entries: list[NavEntry] = []
    for slot in SLOTS:
        url = _url(slot.name)
        if url and slot.rights & rights:
            count = slot.count(user, seen) if slot.count else None
            key = str(len(entries) + 1)
            entries.append(NavEntry(slot.name, url, f"app.{slot.name}", key, count))
    return entries


def _url(name: str) -> str:
    try:
        return reverse(f"console:{name}")
    except NoReverseMatch:
        return ""
