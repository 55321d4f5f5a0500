"""Screens of visits as the session itself makes them, step by step."""

from dataclasses import replace

from kiosk.session import events as ev
from kiosk.session import phases
from kiosk.session.events import Button
from kiosk.session.flow import step
from kiosk.session.rules import Rules
from kiosk.session.visit import Ref, Visit
from kiosk.ui import examples
from kiosk.ui.page import Note, Page
from kiosk.ui.texts import portrait
from kiosk.ui.view import view
from kiosk.values import Language

RULES = Rules()
VISITS = dict(examples.visits(Language.ZH_HANS))


def after(visit: Visit, event: ev.Event) -> Visit:
    return step(visit, event, RULES)[0]


def awaited(visit: Visit, kind: str) -> Ref:
    """Return the reference of the one effect of this kind that waits for its answer."""
    (pending,) = (pending for pending in visit.pending if pending.kind == kind)
    return Ref(visit.id, pending.effect_id)


def shown(visit: Visit) -> Page:
    return view(visit, examples.scene())


def notes(visit: Visit) -> list[str]:
    return [part.text for part in shown(visit).parts if isinstance(part, Note)]


def captures(visit: Visit) -> Visit:
    return after(visit, ev.ReferencesReady(awaited(visit, "PrepareReferences"), True, True))


def test_only_a_second_capture_is_once_more():
    first = after(replace(VISITS["07-notice"], tries=0), ev.Touched(Button.AGREE))
    assert isinstance(first.phase, phases.Portrait)
    assert notes(first) == []
    first = captures(first)
    assert notes(first) == []
    second = after(first, ev.CaptureFailed(awaited(first, "StartCapture"), camera_lost=False))
    assert isinstance(second.phase, phases.Portrait)
    assert notes(captures(second)) == [portrait.AGAIN.zh_hans]
