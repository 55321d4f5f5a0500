"""Handovers at a day's end as pages show them: who left the case to whom, and with which note."""

from dataclasses import dataclass

from backend.cases.models import Case
from backend.console.waiting import display_name
from backend.reports.handovers import known_handovers, with_handovers
from backend.reports.models import CaseHandover


@dataclass(frozen=True, slots=True)
class Handover:
    """One handover; ``day`` is the day that was closed, as MM-DD."""

    day: str
    by: str
    to: str
    note: str


def handover_line(handover: CaseHandover) -> Handover:
    """Lay out one handover."""
    closing = handover.closing
    return Handover(
        day=f"{closing.day:%m-%d}",
        by=display_name(closing.closed_by),
        to=display_name(handover.to),
        note=handover.note,
    )


def handovers_of(case: Case) -> list[Handover]:
    """Return all handovers of a case, the newest first."""
    found = known_handovers(with_handovers(Case.objects.filter(pk=case.pk)).get())
    return [handover_line(one) for one in reversed(found)]
