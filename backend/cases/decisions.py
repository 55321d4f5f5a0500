"""Decide, and undo. A decision is in force only when the approvals that policy asks are there."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from backend.accounts.services import actor
from backend.applications.identity import withdraw_case_identity
from backend.approvals.models import Requirement
from backend.approvals.policy import needs_of
from backend.approvals.second_look import draw
from backend.audit.kinds import Kind
from backend.audit.services import append, text_hash
from backend.cases.claims import find, require
from backend.cases.doubts import visit_in_doubt
from backend.cases.hands import refuse_own_link
from backend.cases.links import link_record, printed_on, take_link_back
from backend.cases.models import Case, Decision, Stage
from backend.cases.reasons import reason_of
from backend.clock import ahead, now
from backend.config import hall
from backend.live.services import bump
from backend.orders.progress import printing_has_begun
from backend.records.linking import check_link, is_on_record
from backend.records.models import Resident
from backend.refusal import Refused
from backend_client.contract import DecisionKind, RefusalCode, Texts

LIVE = (Decision.State.PROPOSED, Decision.State.IN_FORCE)


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """What a person decides.

    ``phrase`` (a code of phrases.toml) or ``words`` go to the resident's screen; ``note`` is for
    staff. ``offer_code`` belongs to eligibility_granted, ``resident_id`` to record_linked.
    ``seen_in_person`` says that the decider has seen the resident.
    """

    kind: DecisionKind
    phrase: str = ""
    words: Texts | None = None
    note: str = ""
    offer_code: str = ""
    resident_id: int | None = None
    seen_in_person: bool = False


def fitting_kinds(case: Case) -> tuple[DecisionKind, ...]:
    """Return the decisions that fit the case's reason, in the policy's order."""
    return hall().policy.decisions[reason_of(case.reason)].kinds


def needs_person_seen(case: Case, kind: DecisionKind) -> bool:
    """Say whether this decision needs the resident seen in person.

    By the case's own reason, and to accept an identity also by any doubt of the visit.
    """
    if kind in hall().policy.decisions[reason_of(case.reason)].seen_in_person:
        return True
    return kind == DecisionKind.IDENTITY_ACCEPTED and visit_in_doubt(case.kiosk, case.visit_id)


def live_decision(case: Case) -> Decision | None:
    """Return the decision that is proposed or in force."""
    return case.decisions.filter(state__in=LIVE).select_related("by").first()


def decide(case_id: str, user: User, what: DecisionInput) -> Decision:
    """Decide a claimed case; the claimant alone may. Stage is then APPROVAL or DECIDED.

    Raises Refused: NOT_FOUND, NOT_ELIGIBLE (rights, not the claimant), BAD_REQUEST (kind does not
    fit the reason, words or person seen missing, nobody of that number), CONFLICT (decided
    already); OwnLink for an identity that rests on this person's link; LinkCannotHold.
    """
    require(user, "decide")
    with transaction.atomic():
        case = find(case_id)
        _check_holder(case, user)
        _check_content(case, what)
        if what.kind == DecisionKind.RECORD_LINKED and what.resident_id is not None:
            # Asked again when it takes effect; here, so that nobody is asked to approve in vain.
            check_link(case, Resident.objects.get(pk=what.resident_id))
        if what.kind == DecisionKind.IDENTITY_ACCEPTED:
            refuse_own_link(case, user)
        decision = _store(case, user, what)
        append(
            Kind.DECISION_MADE,
            actor(user),
            f"case:{case.id}",
            decision=decision.id,
            decided=what.kind.value,
            note=text_hash(what.note) if what.note else "",
            words=_words_hash(what.words),
            seen_in_person=what.seen_in_person,
            needs=decision.approvals_needed,
        )
        if decision.approvals_needed:
            move(case, Stage.APPROVAL)
        else:
            put_in_force(decision)
    return decision


def put_in_force(decision: Decision) -> None:
    """Let a decision hold from now on; call it inside the transaction that completed it."""
    case = decision.case
    decision.state = Decision.State.IN_FORCE
    decision.in_force_at = now()
    decision.expires_at = ahead(hall().policy.identity_accepted_for_min * 60)
    decision.save(update_fields=["state", "in_force_at", "expires_at"])
    if decision.kind == DecisionKind.RECORD_LINKED and decision.resident is not None:
        link_record(decision, decision.resident)
    append(Kind.DECISION_IN_FORCE, "system", f"case:{case.id}", decision=decision.id)
    draw(decision)
    move(case, Stage.DECIDED)


def undo(case_id: str, user: User) -> Decision:
    """Take a decision back, by its decider or a duty leader, until printing has begun.

    A link goes with all that rests on it; the record is again what it was. The case is claimed
    by this person again. Raises Refused CONFLICT or NOT_ELIGIBLE.
    """
    require(user, "decide")
    with transaction.atomic():
        case = find(case_id)
        decision = live_decision(case)
        if decision is None or case.stage == Stage.CLOSED:
            raise Refused(RefusalCode.CONFLICT, "there is no decision to undo")
        if decision.by_id != user.pk:
            require(user, "open_any_evidence")
        if past_undoing(decision):
            raise Refused(RefusalCode.CONFLICT, "printing has begun")
        decision.state = Decision.State.UNDONE
        decision.save(update_fields=["state"])
        withdraw_case_identity(case.id)
        take_link_back(decision, actor(user))
        case.claimed_by = user
        case.claimed_at = now()
        case.claim_until = ahead(hall().timers.claim_lease_s)
        case.save(update_fields=["claimed_by", "claimed_at", "claim_until"])
        append(Kind.DECISION_UNDONE, actor(user), f"case:{case.id}", decision=decision.id)
        move(case, Stage.CLAIMED)
    return decision


def past_undoing(decision: Decision) -> bool:
    """Say whether a print that rests on the decision has begun."""
    return printing_has_begun(decision.case) or printed_on(decision)


def move(case: Case, stage: Stage) -> None:
    """Set the stage and announce it; call it inside a transaction."""
    case.stage = stage
    case.version = bump()
    case.save(update_fields=["stage", "version"])


def _check_holder(case: Case, user: User) -> None:
    if case.stage in (Stage.APPROVAL, Stage.DECIDED, Stage.CLOSED):
        raise Refused(RefusalCode.CONFLICT, "this case is decided already")
    if case.stage != Stage.CLAIMED or case.claimed_by_id != user.pk:
        raise Refused(RefusalCode.NOT_ELIGIBLE, "claim the case first")
    if case.claim_until is None or case.claim_until < now():
        raise Refused(RefusalCode.CONFLICT, "the claim has run out; claim the case again")


def _check_content(case: Case, what: DecisionInput) -> None:
    phrase = hall().phrases.find(what.phrase) if what.phrase else None
    wrong = ""
    if what.kind not in fitting_kinds(case):
        wrong = f"{what.kind.value} does not fit the reason {case.reason}"
    elif what.phrase and (phrase is None or what.kind not in phrase.fits):
        wrong = "this phrase does not fit the decision"
    elif needs_person_seen(case, what.kind) and not what.seen_in_person:
        wrong = "this decision needs the resident seen in person"
    elif len(what.note) > 1000:
        wrong = "the note is longer than 1000 characters"
    elif what.resident_id is not None and not is_on_record(what.resident_id):
        wrong = "nobody on record has this number"
    else:
        wrong = _missing_part(what)
    if wrong:
        raise Refused(RefusalCode.BAD_REQUEST, wrong)


def _missing_part(what: DecisionInput) -> str:
    if what.kind == DecisionKind.NEW_PORTRAIT and not (what.phrase or what.words):
        return "a new portrait needs words for the resident"
    if what.kind == DecisionKind.ELIGIBILITY_GRANTED and not hall().offers.find(what.offer_code):
        return "eligibility needs the code of an offer"
    if what.kind == DecisionKind.RECORD_LINKED and what.resident_id is None:
        return "a link needs the resident on record"
    return ""


def _words_hash(words: Texts | None) -> str:
    """Return what stands for the decider's own words to the resident; empty for a phrase's."""
    return text_hash("\n".join((words.zh_hans, words.zh_hant, words.en))) if words else ""


def _store(case: Case, user: User, what: DecisionInput) -> Decision:
    words = what.words
    if words is None and what.phrase:
        found = hall().phrases.find(what.phrase)
        words = found.text if found else None
    needs = needs_of(case, what.kind)
    decision = Decision.objects.create(
        case=case,
        kind=what.kind.value,
        by=user,
        phrase=what.phrase,
        words_zh_hans=words.zh_hans if words else "",
        words_zh_hant=words.zh_hant if words else "",
        words_en=words.en if words else "",
        note=what.note,
        offer_code=what.offer_code,
        resident_id=what.resident_id,
        seen_in_person=what.seen_in_person,
        approvals_needed=sum(need.count for need in needs),
        made_at=now(),
    )
    for need in needs:
        Requirement.objects.create(
            decision=decision, rule=need.rule, count=need.count, roles=list(need.roles)
        )
    return decision
