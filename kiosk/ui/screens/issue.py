"""Issue: what the machine is doing, one line each."""

from dataclasses import replace

from kiosk.session.phases import Issue, IssueStage
from kiosk.session.visit import Visit
from kiosk.ui.page import Busy, Checklist, Page, Pictogram, Picture, StepState
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import page
from kiosk.ui.texts import issue

_STAGES = (
    (IssueStage.ORDERING, issue.ISSUE_ORDERING),
    (IssueStage.CHECKING_CARD, issue.ISSUE_CHECKING),
    (IssueStage.PRINTING, issue.ISSUE_PRINTING),
)


def screen(visit: Visit, phase: Issue, scene: Scene) -> Page:
    """Return the page."""
    del scene
    now = [stage for stage, _ in _STAGES].index(phase.stage)
    items = tuple(
        (text.in_language(visit.language), _state(index, now))
        for index, (_, text) in enumerate(_STAGES)
    )
    return replace(
        page(visit, issue.ISSUE_TITLE, issue.ISSUE_LEAD, step=5),
        parts=(Picture(Pictogram.CARD_READ), Checklist(items), Busy()),
    )


def _state(index: int, now: int) -> StepState:
    if index < now:
        return StepState.DONE
    return StepState.NOW if index == now else StepState.LATER
