"""What the server holds about a card, for the person whose card it is and for the auditor.

Every table that names a card is asked, and every row that belongs to one found is followed, so that
a table added later is not forgotten.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Model, Q

from backend.api.models import EndedVisit
from backend.audit.models import AuditEvent
from backend.evidence.models import Picture
from backend.records.models import Permit, Resident

Held = dict[str, list[dict[str, Any]]]
Keys = dict[type[Model], set[Any]]
HIDDEN = frozenset({"token"})
"""Secrets that are no knowledge about anybody."""
NOT_FOLLOWED = (Resident,)
"""What belongs to the person belongs to other cards of theirs as well."""


def held_about(card: str) -> Held:
    """Return every row about a card, by what it is; empty where nothing is held.

    Portraits are named with their size and fingerprint and are not opened.
    """
    keys = _keys(card)
    held: Held = {}
    for model in sorted(keys, key=lambda model: model._meta.label):
        rows = model._default_manager.filter(pk__in=keys[model]).order_by("pk")
        held[str(model._meta.verbose_name)] = [_row(row) for row in rows]
    held["portrait"] = [_portrait(picture) for picture in _pictures(keys)]
    held["audit event"] = _audit(card, keys)
    return {name: rows for name, rows in held.items() if rows}


def _keys(card: str) -> Keys:
    """Return the keys of all rows that name the card, or belong to one that does."""
    keys: Keys = {}
    todo: list[tuple[type[Model], set[Any]]] = []
    for model in _ours():
        if any(field.name == "card_number" for field in model._meta.concrete_fields):
            named = model._default_manager.filter(card_number=card)
            todo.append((model, set(named.values_list("pk", flat=True))))
    residents = Permit.objects.filter(card_number=card).values_list("resident_id", flat=True)
    todo.append((Resident, set(residents)))
    visits = {visit for model, found in todo for visit in _visits(model, found)}
    ended = EndedVisit.objects.filter(visit_id__in=visits)
    todo.append((EndedVisit, set(ended.values_list("pk", flat=True))))
    while todo:
        model, found = todo.pop()
        fresh = found - keys.get(model, set())
        if not fresh:
            continue
        keys.setdefault(model, set()).update(fresh)
        if model not in NOT_FOLLOWED:
            todo += list(_belonging(model, fresh))
    return keys


def _ours() -> Iterator[type[Model]]:
    for model in apps.get_models():
        if model.__module__.startswith("backend."):
            yield model


def _visits(model: type[Model], keys: set[Any]) -> set[str]:
    if not any(field.name == "visit_id" for field in model._meta.concrete_fields):
        return set()
    rows = model._default_manager.filter(pk__in=keys).exclude(visit_id="")
    return set(rows.values_list("visit_id", flat=True))


def _belonging(model: type[Model], keys: set[Any]) -> Iterator[tuple[type[Model], set[Any]]]:
    """Yield the rows that refer to rows of ``model``."""
    for relation in model._meta.related_objects:
        other: Any = relation.related_model
        rows = other._default_manager.filter(**{f"{relation.field.name}__in": keys})
        yield other, set(rows.values_list("pk", flat=True))


def _row(row: Model) -> dict[str, Any]:
    shown = {}
    for field in row._meta.concrete_fields:
        value = field.value_from_object(row)
        if field.name in HIDDEN or value in (None, "", False) or value == {}:
            continue
        shown[field.name] = value.isoformat() if isinstance(value, date | datetime) else value
    return shown


def _pictures(keys: Keys) -> Iterator[Picture]:
    wanted: set[Any] = set()
    for model, found in keys.items():
        for field in model._meta.concrete_fields:
            if field.remote_field is not None and field.remote_field.model is Picture:
                rows = model._default_manager.filter(pk__in=found)
                wanted |= set(rows.values_list(field.attname, flat=True))
    yield from Picture.objects.filter(pk__in=wanted - {None}).order_by("created_at")


def _portrait(picture: Picture) -> dict[str, Any]:
    return {
        "id": picture.id,
        "sealed_bytes": len(picture.ciphertext),
        "media_type": picture.media_type,
        "sha256": picture.sha256,
        "created_at": picture.created_at.isoformat(),
    }


def _audit(card: str, keys: Keys) -> list[dict[str, Any]]:
    """Return how often each kind of event names the card, or a case or application of it."""
    subjects = [f"card:{card}"]
    for model, found in keys.items():
        subjects += [f"{model._meta.model_name}:{key}" for key in found]
    named = Q(subject__in=subjects) | Q(facts__contains=f'"{card}"')
    counts: dict[str, int] = {}
    for kind in AuditEvent.objects.filter(named).order_by("kind").values_list("kind", flat=True):
        counts[kind] = counts.get(kind, 0) + 1
    return [{"kind": kind, "events": count} for kind, count in counts.items()]


def held_lines(card: str, held: Held) -> list[str]:
    """Return what is held as lines to read."""
    if not held:
        return [f"{card}: nothing is held"]
    lines = [f"{card}: held are " + ", ".join(f"{len(rows)} {name}" for name, rows in held.items())]
    for name, rows in held.items():
        for row in rows:
            lines.append(f"{name}: " + "; ".join(f"{key} {value}" for key, value in row.items()))
    return lines
