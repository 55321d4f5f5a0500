"""Tags that put the console's words and spans of time into templates."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backend.console.durations import format_since, format_until
from backend.console.texts import say, say_code
from backend.console.words import called

register = template.Library()


@register.simple_tag(takes_context=True)
def t(context: Context, key: str, **fields: Any) -> str:
    """Return the text of ``key`` in the page's language."""
    return say(context["language"], key, **fields)


@register.simple_tag(takes_context=True)
def code(context: Context, table: str, value: str) -> str:
    """Return the words for a code of ``table``; an unknown one as it is."""
    return say_code(context["language"], table, value)


@register.simple_tag(takes_context=True, name="called")
def call_kiosk(context: Context, kiosk_id: str | None, name: str | None) -> str:
    """Return what a kiosk is called in the page's language."""
    return called(kiosk_id or "", name or "", context["language"])


@register.simple_tag(takes_context=True)
def since(context: Context, moment: datetime, key: str = "") -> SafeString:
    """Return a clock that counts up from ``moment``, inside the text of ``key`` if there is one."""
    return _clock(context, "since", moment, format_since, key)


@register.simple_tag(takes_context=True)
def until(context: Context, moment: datetime, key: str = "") -> SafeString:
    """Return a clock that counts down to ``moment``, inside the text of ``key`` if there is one."""
    return _clock(context, "until", moment, format_until, key)


def _clock(
    context: Context,
    direction: str,
    moment: datetime,
    format_clock: Callable[[datetime, datetime, str], str],
    key: str,
) -> SafeString:
    words = format_clock(moment, context["now"], context["language"])
    stamp = moment.isoformat()
    clock = format_html(
        '<time data-{}="{}" datetime="{}">{}</time>', direction, stamp, stamp, words
    )
    return format_html(say(context["language"], key), time=clock) if key else clock
