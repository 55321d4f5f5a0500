"""What a message says: kiosk, reason, ticket and timer, in one sentence; nobody's name."""

import json
from typing import Any

from django.utils.timezone import localtime

from backend.cases.models import Alarm
from backend.cases.reasons import is_typed_in
from backend.config import hall
from backend.console.texts import say, say_code
from backend.console.words import alarm_title, kiosk_called


def body_of(alarm: Alarm) -> str:
    """Return the JSON to post for an alarm, in the form that messenger.toml gives it."""
    config = hall().messenger
    return json.dumps(_filled(config.body, fields_of(alarm)), ensure_ascii=False)


def fields_of(alarm: Alarm) -> dict[str, str]:
    """Return what may be filled into the body. What staff typed is not among it."""
    case, language = alarm.case, hall().messenger.language
    reason = say_code(language, "reason", case.reason)
    if is_typed_in(case.reason) or case.kiosk is None:
        place = say(language, "queue.desk")
    else:
        place = kiosk_called(case.kiosk, language)
    title = alarm_title(alarm.code, language)
    return {
        "text": f"{title} · {place} · {reason} · {case.ticket}",
        "alarm": alarm.code,
        "level": str(alarm.level),
        "ticket": case.ticket,
        "reason": case.reason,
        "place": place,
        "at": localtime(alarm.at).isoformat(timespec="seconds"),
    }


def _filled(part: Any, fields: dict[str, str]) -> Any:
    match part:
        case str():
            for name, value in fields.items():
                part = part.replace("{" + name + "}", value)
            return part
        case dict():
            return {key: _filled(value, fields) for key, value in part.items()}
        case list():
            return [_filled(value, fields) for value in part]
        case _:
            return part
