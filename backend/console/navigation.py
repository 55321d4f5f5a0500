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
from backend.console.waiting import count_open


@dataclass(frozen=True, slots=True)
class NavSlot:
    """One page of the bar: ``rights`` of which one opens it, ``count`` of what waits there.

    ``key`` follows g on the keyboard.
    """

    name: str
    key: str
    rights: frozenset[str]
    count: Callable[[User], int] | None = None


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One link of the bar; ``count`` is what waits there."""

    name: str
    url: str
    label: str
    key: str
    count: int | None = None


def _slot(name: str, key: str, *rights: str, count: Callable[[User], int] | None = None) -> NavSlot:
    return NavSlot(name, key, frozenset(rights), count)


SLOTS = (
    _slot("queue", "q", "view_queue", count=lambda _: count_open()),
    _slot("approvals", "a", "approve", count=lambda user: asked_of(user).count()),
    _slot("counter", "c", "view_queue"),
    _slot("fleet", "k", "view_fleet", "view_queue"),
    _slot("reports", "r", "view_reports"),
    _slot("audit", "u", "view_audit"),
    _slot("accounts", "p", "manage"),
    _slot("settings", "s", "manage"),
)


def navigation(user: User) -> list[NavEntry]:
    """Return the links this account may follow, with what waits behind them."""
    rights = rights_of(user)
    entries: list[NavEntry] = []
    for slot in SLOTS:
        url = _url(slot.name)
        if url and slot.rights & rights:
            count = slot.count(user) if slot.count else None
            entries.append(NavEntry(slot.name, url, f"app.{slot.name}", slot.key, count))
    return entries


def _url(name: str) -> str:
    try:
        return reverse(f"console:{name}")
    except NoReverseMatch:
        return ""
