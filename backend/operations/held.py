"""What the server holds about a card, for the person whose card it is and for the auditor."""

from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from backend.api.models import EndedVisit
from backend.applications.models import Application
from backend.audit.models import AuditEvent
from backend.cases.models import Case, Decision
from backend.evidence.models import Picture
from backend.orders.models import IssueOrder
from backend.payments.models import Payment
from backend.records.models import ChipRead, HeldEndorsement, Permit, Resident

Held = dict[str, list[dict[str, Any]]]


def held_about(card: str) -> Held:
    """Return every row about a card, by what it is; empty where nothing is held.

    Portraits are named with their size and fingerprint and are not opened.
    """
    cases = Case.objects.filter(card_number=card)
    applications = Application.objects.filter(card_number=card)
    residents = Resident.objects.filter(permits__card_number=card)
    found = {
        "permit": _rows(Permit.objects.filter(card_number=card)),
        "resident": _rows(residents),
        "endorsement": _rows(HeldEndorsement.objects.filter(permit__card_number=card)),
        "chip read": _rows(ChipRead.objects.filter(card_number=card)),
        "application": _rows(applications),
        "payment": _rows(Payment.objects.filter(application__in=applications), hide=("token",)),
        "order": _rows(IssueOrder.objects.filter(card_number=card)),
        "visit": _rows(EndedVisit.objects.filter(visit_id__in=applications.values("visit_id"))),
        "case": _rows(cases),
        "decision": _rows(Decision.objects.filter(case__in=cases)),
        "portrait": _pictures(cases, residents),
        "audit event": _audit(card, cases, applications),
    }
    return {name: rows for name, rows in found.items() if rows}


def _rows(rows: QuerySet[Any], hide: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [_row(row, hide) for row in rows]


def _row(row: Model, hide: tuple[str, ...]) -> dict[str, Any]:
    shown = {}
    for field in row._meta.concrete_fields:
        value = field.value_from_object(row)
        if field.name in hide or value in (None, "", False) or value == {}:
            continue
        shown[field.name] = value.isoformat() if isinstance(value, date | datetime) else value
    return shown


def _pictures(cases: QuerySet[Case], residents: QuerySet[Resident]) -> list[dict[str, Any]]:
    keys: set[str | None] = set(residents.values_list("portrait_id", flat=True))
    for name in ("live_portrait_id", "chip_portrait_id"):
        keys |= set(cases.values_list(name, flat=True))
    return [
        {
            "id": picture.id,
            "sealed_bytes": len(picture.ciphertext),
            "media_type": picture.media_type,
            "sha256": picture.sha256,
            "created_at": picture.created_at.isoformat(),
        }
        for picture in Picture.objects.filter(id__in=[key for key in keys if key])
    ]


def _audit(
    card: str, cases: QuerySet[Case], applications: QuerySet[Application]
) -> list[dict[str, Any]]:
    """Return how often each kind of event names the card, a case or an application of it."""
    subjects = [f"card:{card}"]
    subjects += [f"case:{key}" for key in cases.values_list("pk", flat=True)]
    subjects += [f"application:{key}" for key in applications.values_list("pk", flat=True)]
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
