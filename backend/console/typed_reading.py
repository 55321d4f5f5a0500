"""What staff typed in for a case, name, telephone, words, was read: the audit says by whom."""

from datetime import UTC

from django.contrib.auth.models import User

from backend.accounts.services import actor
from backend.audit.kinds import Kind
from backend.audit.models import AuditEvent
from backend.audit.services import append
from backend.cases.models import Case

TYPED = "typed"


def note_reading(case: Case, user: User) -> None:
    """Write that this person is shown what was typed: once a claim, to others once for the case.

    Their page draws itself anew with every change of the case; that is no other reading.
    """
    before = AuditEvent.objects.filter(
        subject=f"case:{case.id}",
        kind=Kind.EVIDENCE_OPENED.value,
        actor=actor(user),
        facts__contains=f'"{TYPED}"',
    )
    if case.claimed_by_id == user.pk and case.claimed_at is not None:
        before = before.filter(at__gte=case.claimed_at.astimezone(UTC).isoformat())
    if not before.exists():
        note_look(case, user)


def note_look(case: Case, user: User) -> None:
    """Write that this person asked to see what was typed."""
    append(Kind.EVIDENCE_OPENED, actor(user), f"case:{case.id}", picture=TYPED)
