"""What a handler gets beside its effect: how to answer, and whether anybody still listens."""

from collections.abc import Callable, Mapping
from threading import Event as Flag
from typing import Any

from kiosk.session.effects import Effect
from kiosk.session.events import Event
from kiosk.session.visit import Ref


class Reply:
    """The way back of one effect's answers."""

    def __init__(self, ref: Ref, post: Callable[[Event], None]) -> None:
        self.ref = ref
        self.cancelled = Flag()
        self.answered = False
        self._post = post

    def send(self, event: Event) -> None:
        """Hand an answer to the loop; after ``Cancel`` it would be dropped, so it is not sent."""
        if not self.cancelled.is_set():
            self.answered = True
            self._post(event)

    def news(self, event: Event) -> None:
        """Hand on what the world did although nobody waits for it any more."""
        self.answered = True
        self._post(event)


Handler = Callable[[Any, Reply], None]
"""Carries one effect out on a worker thread; an exception becomes ``EffectFailed``."""

Handlers = Mapping[type[Effect], Handler]
