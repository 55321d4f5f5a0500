"""Long polls: look, and look again at every change, holding no connection in between."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse

from backend.api.refusals import refused_response
from backend.config import hall
from backend.live.services import current_version, wait_for_change
from backend.refusal import Refused
from backend.threads import KIOSKS, with_database


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen, as JSON, and whether that is worth an answer."""

    body: str
    done: bool


def _look(look: Callable[[], Look]) -> tuple[int, Look]:
    """Read the version first, so that no change between the two can be missed."""
    return current_version(), look()


async def wait_for(look: Callable[[], Look], wait_s: float) -> HttpResponse:
    """Answer when ``look`` is done, or with what it saw last when the wait is over."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + min(wait_s, hall().timers.max_wait_s)
    try:
        version, seen = await with_database(KIOSKS, _look, look)
        while not seen.done and (left := deadline - loop.time()) > 0:
            newest = await wait_for_change(version, left)
            if newest > version:
                version, seen = await with_database(KIOSKS, _look, look)
    except Refused as refused:
        return refused_response(refused)
    return HttpResponse(seen.body, content_type="application/json")
