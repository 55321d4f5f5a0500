"""Enrol, revoke and recognise kiosks; heartbeats; release of held cards; rate limits."""

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction

from backend.accounts.presence import staff_signed_in
from backend.accounts.services import actor, has_right
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.clock import now
from backend.fleet.models import Kiosk, RateEntry
from backend.live.services import bump
from backend.refusal import Refused
from backend_client.contract import Heartbeat, HeartbeatAnswer, RefusalCode


def enrol(kiosk_id: str, name: str = "") -> str:
    """Enrol a kiosk, or give it a new credential; return the credential, which is shown once.

    Without a ``name`` it keeps the one it has; one that never had any is called by its number.
    """
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        Kiosk.objects.update_or_create(
            id=kiosk_id,
            defaults={
                **({"name": name} if name else {}),
                "credential_hash": _digest(secret),
                "enrolled_at": now(),
                "revoked_at": None,
            },
        )
        append(Kind.KIOSK_ENROLLED, "system", f"kiosk:{kiosk_id}")
        bump()
    return f"{kiosk_id}.{secret}"


def revoke(kiosk_id: str) -> bool:
    """Take a kiosk's credential away; False when there is no such kiosk."""
    with transaction.atomic():
        gone = Kiosk.objects.filter(id=kiosk_id, revoked_at=None).update(revoked_at=now())
        if gone:
            append(Kind.KIOSK_REVOKED, "system", f"kiosk:{kiosk_id}")
            bump()
    return bool(gone)


def recognise(credential: str) -> Kiosk | None:
    """Return the kiosk that this credential belongs to; None when unknown or revoked."""
    kiosk_id, dot, secret = credential.partition(".")
    if not dot or len(credential) > 200:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_ENROLLED, [kiosk_id])
        found = cursor.fetchone()
    if found is None:
        return None
    kiosk = Kiosk.from_db("default", _READ, found)
    kiosk.devices = json.loads(kiosk.devices)
    return kiosk if secrets.compare_digest(kiosk.credential_hash, _digest(secret)) else None


_MOMENTS = ("enrolled_at", "revoked_at", "last_seen_at")
_READ = [field.attname for field in Kiosk._meta.concrete_fields if field.attname not in _MOMENTS]
# Written out: each kiosk asks with each sign of life, and putting the statement together would
# cost more than reading. The moments are read when somebody asks for them.
_ENROLLED = (
    f"SELECT {', '.join(_READ)} FROM fleet_kiosk"  # noqa: S608  # names of columns
    " WHERE id = %s AND revoked_at IS NULL"
)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def heartbeat(kiosk: Kiosk, beat: Heartbeat) -> HeartbeatAnswer:
    """Store a sign of life; pages are told only when something changed.

    Most say nothing new: those write one field and wait for nobody.
    """
    devices = {name: report.model_dump(mode="json") for name, report in beat.devices.items()}
    told = (beat.phase, beat.version, devices, beat.card_held, beat.resumes)
    if _known(kiosk) == told and not kiosk.release_requested:
        Kiosk.objects.filter(id=kiosk.id).update(last_seen_at=now())
        release = False
    else:
        release = _store_beat(kiosk, told)
    return HeartbeatAnswer(
        server_time=now(), staff_signed_in=staff_signed_in(), release_held_card=release
    )


Told = tuple[str, str, dict[str, Any], bool, bool]


def _known(kiosk: Kiosk) -> Told:
    return (kiosk.phase, kiosk.version, kiosk.devices, kiosk.card_held, kiosk.resumes)


def _store_beat(kiosk: Kiosk, told: Told) -> bool:
    """Store what a kiosk tells; return whether it shall give back the card that it holds."""
    with transaction.atomic():
        kiosk.refresh_from_db()
        before, card_held = _known(kiosk), told[3]
        if card_held and not kiosk.card_held:
            append(Kind.CARD_HELD, f"kiosk:{kiosk.id}", f"kiosk:{kiosk.id}")
        release = kiosk.release_requested and card_held
        if not card_held:
            kiosk.release_requested = False
        kiosk.phase, kiosk.version, kiosk.devices, kiosk.card_held, kiosk.resumes = told
        kiosk.last_seen_at = now()
        kiosk.save()
        if before != told:
            bump()
    return release


def ask_release(kiosk_id: str, user: User) -> None:
    """Let the kiosk give back a card that it holds. Raises Refused NOT_ELIGIBLE, NOT_FOUND."""
    if not (has_right(user, "release_card") or has_right(user, "decide")):
        raise Refused(RefusalCode.NOT_ELIGIBLE, "this account may not release held cards")
    with transaction.atomic():
        if not Kiosk.objects.filter(id=kiosk_id).update(release_requested=True):
            raise Refused(RefusalCode.NOT_FOUND, "no such kiosk")
        append(Kind.HELD_CARD_RELEASE_ASKED, actor(user), f"kiosk:{kiosk_id}")
        bump()


def spend(kiosk: Kiosk, topic: str, limit: int, span: timedelta) -> bool:
    """Use up one of ``limit`` uses within ``span``; False when they are used up."""
    since = now() - span
    with transaction.atomic():
        RateEntry.objects.filter(kiosk=kiosk, topic=topic, at__lt=since).delete()
        if RateEntry.objects.filter(kiosk=kiosk, topic=topic).count() >= limit:
            return False
        RateEntry.objects.create(kiosk=kiosk, topic=topic, at=now())
    return True
