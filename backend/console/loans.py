"""Loans of roles as pages list them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.utils.timezone import localtime

from backend.accounts.models import Delegation
from backend.accounts.services import has_right
from backend.clock import now
from backend.console.waiting import display_name


@dataclass(frozen=True, slots=True)
class LoanLine:
    """One loan: who stands in for whom, in which role, from when to when."""

    id: int
    lender: str
    receiver: str
    role: str
    span: str
    running: bool
    endable: bool


def loan_lines(loans: Iterable[Delegation], viewer: User) -> list[LoanLine]:
    """Lay out loans for ``viewer``."""
    may_all = has_right(viewer, "delegate")
    return [
        LoanLine(
            id=loan.pk,
            lender=display_name(loan.lender),
            receiver=display_name(loan.receiver),
            role=loan.role,
            span=f"{_moment(loan.starts_at)} – {_moment(loan.ends_at)}",
            running=loan.starts_at <= now(),
            endable=may_all or viewer.pk in (loan.lender_id, loan.receiver_id),
        )
        for loan in loans
    ]


def _moment(moment: datetime) -> str:
    return f"{localtime(moment):%m-%d %H:%M}"
