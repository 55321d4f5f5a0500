"""A live decision as the page shows it: who asked whom, what was answered, what may be undone."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.timezone import localtime

from backend.accounts.services import has_right
from backend.approvals.break_glass import may_break
from backend.approvals.models import GlassBreak
from backend.approvals.services import may_approve, needs, open_needs
from backend.cases.decisions import live_decision, past_undoing
from backend.cases.models import Case, Decision, Stage
from backend.console.texts import say
from backend.console.waiting import approvers, display_name
from backend.console.words import decision_words, rule_title
from backend.orders.counter import may_issue
from backend.orders.progress import printing_has_begun
from backend_client.contract import DecisionKind

FINAL = frozenset({DecisionKind.TO_COUNTER.value, DecisionKind.REFUSED.value})
"""Decisions after which the kiosk does not go on with the visit, so that staff close the case."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One asked person's word: approved, declined or pending."""

    word: str
    text: str


@dataclass(frozen=True, slots=True)
class DecisionSheet:
    """The decision that is proposed or in force."""

    id: int
    title: str
    by: str
    at: str
    in_force: bool
    words: str
    note: str
    voices: list[Voice]
    rules: list[str]
    asks_me: bool
    glass: bool
    broken: str
    undoable: bool
    undo_note: str
    printing: bool
    counter: bool
    final: bool


def decision_sheet(case: Case, user: User, language: str) -> DecisionSheet | None:
    """Return the live decision of ``case`` as ``user`` may act on it; None when there is none."""
    decision = live_decision(case)
    if decision is None:
        return None
    in_force = decision.state == Decision.State.IN_FORCE
    printing = past_undoing(decision)
    return DecisionSheet(
        id=decision.pk,
        title=say(language, f"decide.{decision.kind}"),
        by=display_name(decision.by),
        at=f"{localtime(decision.made_at):%H:%M}",
        in_force=in_force,
        words=decision_words(decision, language),
        note=decision.note,
        voices=_voices(decision, language),
        rules=[rule_title(need.rule, language) for need in needs(decision) if need.rule],
        asks_me=not may_approve(decision, user),
        glass=not may_break(decision, user),
        broken=_broken_by(decision),
        undoable=_may_undo(decision, user) and case.stage != Stage.CLOSED and not printing,
        undo_note="decide.undo_note" if in_force else "decide.undo_asked_note",
        printing=printing,
        final=decision.kind in FINAL,
        counter=case.stage == Stage.DECIDED and may_issue(case) and not printing_has_begun(case),
    )


def declined_before(case: Case, language: str) -> str:
    """Say who declined the decision before, so that the decider knows why the case is back."""
    last = case.decisions.order_by("-made_at").first()
    if last is None or last.state != Decision.State.REJECTED:
        return ""
    names = [display_name(a.by) for a in last.approvals.filter(granted=False).select_related("by")]
    return say(
        language,
        "decide.declined_before",
        decision=say(language, f"decide.{last.kind}"),
        name=say(language, "why.comma").join(names),
    )


def _broken_by(decision: Decision) -> str:
    """Return who let the decision take effect without its approvals; empty for nobody."""
    glass = GlassBreak.objects.filter(decision=decision).select_related("by").first()
    return display_name(glass.by) if glass else ""


def _may_undo(decision: Decision, user: User) -> bool:
    return decision.by_id == user.pk or has_right(user, "open_any_evidence")


def _voices(decision: Decision, language: str) -> list[Voice]:
    given = list(decision.approvals.select_related("by").order_by("at"))
    voices = [_given(approval.granted, display_name(approval.by), language) for approval in given]
    if decision.state != Decision.State.PROPOSED:
        return voices
    roles = {role for need in open_needs(decision) for role in need.roles}
    asked = approvers(roles, decision.by)
    accounts = User.objects.in_bulk([person.user_id for person in asked])
    return voices + [
        Voice("pending", say(language, _pending_key(person.present), name=person.name))
        for person in asked
        if not may_approve(decision, accounts[person.user_id])
    ]


def _pending_key(present: bool) -> str:
    return "decide.pending_by" if present else "decide.pending_away"


def _given(granted: bool, name: str, language: str) -> Voice:
    word = "approved" if granted else "declined"
    return Voice(word, say(language, f"decide.{word}_by", name=name))
