"""Link a case's card to a person on record, and take the link back with all that rests on it.

A link says whose card it is. Every identity, acceptance and grant for the card since then was given
to the person whom it named, so none outlives it.
"""

from datetime import datetime

from django.db.models import Q

from backend.accounts.services import actor
from backend.applications.identity import withdraw_card_identity
from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.claims import give_back
from backend.cases.models import Case, Decision, RecordLink, Stage
from backend.cases.reasons import STAFF_CODES
from backend.live.services import bump
from backend.orders.progress import printed_since
from backend.records.linking import check_link
from backend.records.models import Permit, Resident
from backend_client.contract import DecisionKind

RESTING = (DecisionKind.IDENTITY_ACCEPTED.value, DecisionKind.ELIGIBILITY_GRANTED.value)
"""Decisions about the person whom the record names."""
LIVE = (Decision.State.PROPOSED, Decision.State.IN_FORCE)


def link_record(decision: Decision, resident: Resident) -> None:
    """Put the case's card on record as this resident's, as its chip said in this visit.

    Call it inside the transaction that puts the decision in force. Raises LinkCannotHold, as
    ``check_link`` does: the read may be gone since it was proposed.
    """
    case = decision.case
    read = check_link(case, resident)
    before = Permit.objects.filter(card_number=case.card_number).first()
    RecordLink.objects.create(
        decision=decision,
        card_number=case.card_number,
        made_permit=before is None,
        resident_before_id=before.resident_id if before else None,
        valid_until_before=before.valid_until if before else None,
    )
    permit, _ = Permit.objects.update_or_create(
        card_number=case.card_number,
        defaults={"resident": resident, "valid_until": read.valid_until},
    )
    case.permit = permit
    case.record_portrait = resident.portrait
    case.save(update_fields=["permit", "record_portrait"])
    append(
        Kind.RECORD_LINKED,
        actor(decision.by),
        f"card:{permit.card_number}",
        resident=resident.pk,
        resident_before=before.resident_id if before else None,
    )


def printed_on(decision: Decision) -> bool:
    """Say whether a print that rests on this decision's link has begun, whatever its case."""
    if decision.kind != DecisionKind.RECORD_LINKED or decision.in_force_at is None:
        return False
    link = RecordLink.objects.filter(decision=decision).first()
    if link is None:
        return False
    held = Permit.objects.filter(card_number=link.card_number, endorsements__isnull=False)
    return printed_since(link.card_number, decision.in_force_at) or (
        link.made_permit and held.exists()
    )


def take_link_back(decision: Decision, who: str) -> None:
    """Put back what this decision's link changed, and withdraw what rests on it.

    Nothing to do for a link that was only proposed. Call it inside the transaction that undoes the
    decision, which is no longer in force; the caller has seen that no print began.
    """
    link = RecordLink.objects.filter(decision=decision).first()
    if link is None or decision.in_force_at is None:
        return
    later = RecordLink.objects.filter(
        card_number=link.card_number, decision__state=Decision.State.IN_FORCE, pk__gt=link.pk
    )
    over = later.order_by("pk").first()
    if over is None:
        _restore(link)
    else:
        over.made_permit = link.made_permit
        over.resident_before_id = link.resident_before_id
        over.valid_until_before = link.valid_until_before
        over.save()
    identities = withdraw_card_identity(link.card_number, decision.in_force_at)
    append(
        Kind.RECORD_LINK_UNDONE,
        who,
        f"card:{link.card_number}",
        decision=decision.pk,
        resident=decision.resident_id,
        resident_before=link.resident_before_id,
        identities=identities,
    )
    _undo_resting(decision, decision.in_force_at, who)


def _restore(link: RecordLink) -> None:
    """Set the card's record, and its open cases, to what they would show without the link."""
    permit = Permit.objects.select_related("resident").filter(card_number=link.card_number).first()
    before = link.resident_before
    named = Case.objects.filter(Q(permit_id=link.card_number) | Q(card_number=link.card_number))
    unfinished = named.exclude(stage=Stage.CLOSED)
    with_portrait = unfinished.exclude(reason__in=STAFF_CODES)
    if permit is None:
        return
    if link.made_permit:
        with_portrait.update(record_portrait=None)
        named.update(permit=None, version=bump())
        permit.delete()
    elif before is not None:
        permit.resident = before
        permit.valid_until = link.valid_until_before or permit.valid_until
        permit.save(update_fields=["resident", "valid_until"])
        with_portrait.update(record_portrait=before.portrait)
        unfinished.update(permit=permit, version=bump())


def _undo_resting(link: Decision, since: datetime, who: str) -> None:
    """Take back the decisions about the person whom the link named; their cases wait again."""
    resting = Decision.objects.filter(
        case__card_number=link.case.card_number,
        kind__in=RESTING,
        state__in=LIVE,
        made_at__gte=since,
    )
    for decision in resting:
        decision.state = Decision.State.UNDONE
        decision.save(update_fields=["state"])
        append(
            Kind.DECISION_UNDONE,
            who,
            f"case:{decision.case_id}",
            decision=decision.pk,
            rested_on=link.pk,
        )
        give_back(Case.objects.filter(id=decision.case_id).exclude(stage=Stage.CLOSED))
