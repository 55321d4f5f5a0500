"""Amounts and spans of time as reports write them."""

from collections.abc import Mapping, Sequence
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
def decided(decisions: Mapping[str, Mapping[str, int]]) -> int:
    """Return how many decisions a day's report counts, of all kinds and states."""
    return sum(sum(states.values()) for states in decisions.values())


@register.filter
def compared(comparisons: Mapping[str, Sequence[int]]) -> str:
    """Return how many of the compared visits failed, at all kiosks together."""
    failed, every = (sum(pair[place] for pair in comparisons.values()) for place in (0, 1))
    return f"{failed}/{every}"


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
