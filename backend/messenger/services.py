"""Write a message for each new alarm, and deliver what is due: bounded time, bounded tries.

Several processes may deliver at once: whoever moves a message's next try on sends it. A process
that dies while it sends leaves the message to the next try, so a message may arrive twice with the
same number, and never not at all without a row that says so.
"""

import hashlib
import hmac
from asyncio import timeout
from datetime import timedelta
from pathlib import Path

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from backend.cases.models import Alarm
from backend.clock import ago, now
from backend.config import hall
from backend.messenger.models import Message
from backend.messenger.wording import body_of
from backend.secrets_store import ensure_secret
from backend.threads import STAFF, with_database

BATCH = 20
SENDER = "endorsement-hall"


def key_file() -> Path:
    """Return where the key lies that signs messages."""
    return Path(settings.DATA_DIR) / "messenger.key"


def write_messages() -> int:
    """Write a message for every alarm that has none yet; return how many."""
    if not hall().messenger.url:
        return 0
    told = [rule.code for rule in hall().alarms.alarm if rule.messenger]
    fresh = Q(message__isnull=True, code__in=told, at__gte=ago(hall().messenger.oldest_s))
    written = 0
    with transaction.atomic():
        for alarm in Alarm.objects.filter(fresh).select_related("case__kiosk").order_by("id"):
            _, made = Message.objects.get_or_create(
                alarm=alarm, defaults={"body": body_of(alarm), "next_try_at": now()}
            )
            written += made
    return written


async def deliver() -> int:
    """Write what is new and post what is due; return how many messages were taken."""
    if not hall().messenger.url:
        return 0
    due = await with_database(STAFF, _write_and_list)
    if not due:
        return 0
    taken = 0
    key = ensure_secret(key_file())
    # The environment's proxies and redirects are not the operator's word on where messages go.
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as client:
        for number, tries, body in due:
            if not await with_database(STAFF, _reserve, number, tries):
                continue
            answer = await _post(client, number, body, key)
            taken += await with_database(STAFF, _note, number, answer)
    return taken


def signature(key: bytes, timestamp: str, body: bytes) -> str:
    """Return what proves that this server wrote the message."""
    digest = hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


async def _post(client: httpx.AsyncClient, number: int, body: str, key: bytes) -> str:
    """Post once within the deadline; return the status, or what went wrong in a word."""
    data, timestamp = body.encode(), str(int(now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": SENDER,
        "X-Hall-Message": str(number),
        "X-Hall-Timestamp": timestamp,
        "X-Hall-Signature": signature(key, timestamp, data),
    }
    try:
        async with (
            timeout(hall().messenger.deadline_s),
            client.stream("POST", hall().messenger.url, content=data, headers=headers) as answer,
        ):
            return str(answer.status_code)
    except TimeoutError:
        return "no answer in time"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__


def _write_and_list() -> list[tuple[int, int, str]]:
    write_messages()
    due = Message.objects.filter(sent_at=None, given_up_at=None, next_try_at__lte=now())
    return list(due.order_by("next_try_at").values_list("id", "tries", "body")[:BATCH])


def _reserve(number: int, tries: int) -> bool:
    """Move the next try on before sending; False when another process has done so."""
    waits = hall().messenger.try_again_s
    wait = max(waits[min(tries, len(waits) - 1)] if waits else 0, hall().messenger.deadline_s * 2)
    return bool(
        Message.objects.filter(id=number, tries=tries, sent_at=None).update(
            tries=F("tries") + 1, next_try_at=now() + timedelta(seconds=wait)
        )
    )


def _note(number: int, answer: str) -> bool:
    taken = answer.startswith("2") and len(answer) == 3
    message = Message.objects.filter(id=number)
    message.update(last_answer=answer[:80])
    if taken:
        message.update(sent_at=now(), next_try_at=None)
    else:
        spent = message.filter(tries__gt=len(hall().messenger.try_again_s))
        spent.update(given_up_at=now(), next_try_at=None)
    return taken
