"""Amounts and spans of time as reports write them."""

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.template.context import Context
from django.utils.timezone import localtime

from backend.console.durations import format_span
from backend.console.texts import say

register = template.Library()


@register.filter
def yuan(fen: int) -> str:
    """Return fen as yuan with two places."""
    return f"{fen / 100:,.2f}"


@register.filter
def moment(stamp: str) -> str:
    """Return a stored moment as local date and time."""
    return f"{localtime(datetime.fromisoformat(stamp)):%Y-%m-%d %H:%M}"


@register.filter
def get(values: Mapping[str, str], key: str) -> str:
    """Return what stands under a key, nothing where there is none."""
    return values.get(key, "")


@register.simple_tag(takes_context=True)
def span(context: Context, seconds: float | None) -> str:
    """Return a span of time in words; a dash where there is none."""
    if seconds is None:
        return say(context["language"], "app.none")
    return format_span(seconds, context["language"])
