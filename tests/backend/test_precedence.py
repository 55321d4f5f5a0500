"""Pages that only follow wait for those who act, and not for ever."""

import asyncio
from time import monotonic

from backend import precedence
from backend.precedence import acting, until_nobody_acts


def test_nobody_is_waited_for_when_nobody_acts():
    asyncio.run(asyncio.wait_for(until_nobody_acts(), 5))


def test_what_follows_comes_after_the_answers_of_all_who_act():
    told: list[str] = []

    async def act(name: str, steps: int) -> None:
        with acting():
            for _ in range(steps):
                await asyncio.sleep(precedence.LOOK_S)
            told.append(name)

    async def follow() -> None:
        await until_nobody_acts()
        told.append("drawn")

    async def all_at_once() -> None:
        await asyncio.gather(follow(), act("one", 6), act("other", 9))

    asyncio.run(all_at_once())
    assert told == ["one", "other", "drawn"]


def test_whoever_never_ends_keeps_no_page_waiting():
    async def follow() -> float:
        with acting():
            began = monotonic()
            await asyncio.wait_for(until_nobody_acts(), 5)
            return monotonic() - began

    assert asyncio.run(follow()) >= precedence.LONGEST_S


def test_an_act_that_fails_is_over():
    try:
        with acting():
            raise RuntimeError("the act failed")
    except RuntimeError:
        asyncio.run(asyncio.wait_for(until_nobody_acts(), 5))
    assert precedence._acting == 0
