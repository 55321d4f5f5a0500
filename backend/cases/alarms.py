"""Timers that run out on a case: each raises its level once for the moment it counts from.

The rules are alarms.toml's. An alarm is a row, so whoever tells of it (desks, messenger) can be
late or restarted and still tells of all.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from backend.audit.kinds import Kind
from backend.audit.services import append
from backend.cases.models import UNCLOSED, Alarm, Case, Decision, IsOpen, Stage
from backend.cases.reasons import STAFF_CODES
from backend.clock import now
from backend.config import hall
from backend.config_models import KIOSK_KIND, AlarmConfig
from backend.live.services import bump

BATCH = 200
AT_ONCE = 25
"""So many ring in one transaction: one change for the pages, and no writer waits for long."""


def ring_due() -> int:
    """Ring every alarm that is due; return how many rang."""
    return sum(_ring_all(rule, list(due(rule)[:BATCH])) for rule in hall().alarms.alarm)


def _ring_all(rule: AlarmConfig, cases: list[Case]) -> int:
    rang = 0
    for start in range(0, len(cases), AT_ONCE):
        with transaction.atomic():
            rung = [case for case in cases[start : start + AT_ONCE] if _ring(rule, case)]
            if rung:
                Case.objects.filter(id__in=[case.id for case in rung]).update(version=bump())
        rang += len(rung)
    return rang


def due(rule: AlarmConfig) -> QuerySet[Case]:
    """Return the cases on which this timer has run out and has not rung yet."""
    moment = now()
    span = timedelta(seconds=rule.seconds)
    cases = Case.objects.filter(IsOpen())
    if rule.when == "longest_near":
        cases = Case.objects.filter(stage__in=UNCLOSED)
    if rule.kinds:
        cases = _of_kinds(cases, rule.kinds)
    match rule.when:
        case "unclaimed":
            since = Coalesce("waiting_since", "created_at")
            cases = cases.filter(stage=Stage.WAITING).annotate(reference=_awake(since))
            cases = cases.filter(reference__lte=moment - span)
        case "undecided":
            cases = cases.annotate(reference=_awake(F("created_at")))
            cases = cases.filter(reference__lte=moment - span)
        case "unapproved":
            cases = cases.filter(stage=Stage.APPROVAL).annotate(reference=Subquery(_asked_since()))
            cases = cases.filter(reference__lte=moment - span)
        case "departure_near":
            cases = cases.annotate(reference=F("depart_at"))
            cases = cases.filter(reference__lte=moment + span, reference__gt=F("created_at"))
        case "appointment_near":
            cases = cases.annotate(reference=F("request__appointment_at"))
            cases = cases.filter(reference__lte=moment + span)
        case "longest_near":
            longest = timedelta(hours=hall().timers.case_longest_h)
            cases = cases.filter(created_at__lte=moment - longest + span)
            cases = cases.annotate(reference=_awake(F("created_at")))
            cases = cases.filter(reference__lte=moment - longest + span)
    rung = Alarm.objects.filter(
        case=OuterRef("pk"), code=rule.code, reference=OuterRef("reference")
    )
    return cases.filter(~Exists(rung)).order_by("decide_by", "created_at")


def unanswered(decisions: list[Decision]) -> dict[int, int]:
    """Return how often a timer has rung on the approvals that these decisions wait for."""
    codes = [rule.code for rule in hall().alarms.alarm if rule.when == "unapproved"]
    rung = Alarm.objects.filter(
        code__in=codes, case__decisions__in=decisions, reference=F("case__decisions__made_at")
    ).values_list("case__decisions", flat=True)
    return dict(Counter(rung))


def _asked_since() -> QuerySet[Decision, datetime]:
    """Return since when a case's proposed decision waits for words."""
    proposed = Decision.objects.filter(case=OuterRef("pk"), state=Decision.State.PROPOSED)
    return proposed.values_list("made_at", flat=True)[:1]


def _awake(since: models.expressions.Combinable) -> models.expressions.Combinable:
    """Count from ``since``, or from the end of the rest where that is later."""
    return Greatest(since, Coalesce("rest_until", since))


def _of_kinds(cases: QuerySet[Case], kinds: tuple[str, ...]) -> QuerySet[Case]:
    if KIOSK_KIND not in kinds:
        return cases.filter(reason__in=kinds)
    return cases.exclude(reason__in=set(STAFF_CODES) - set(kinds))


def _ring(rule: AlarmConfig, case: Case) -> bool:
    """Ring once; whoever looked at the same case at the same time rings nothing."""
    _, rang = Alarm.objects.get_or_create(
        case=case,
        code=rule.code,
        reference=case.reference,  # type: ignore[attr-defined]  # annotated by due()
        defaults={"level": rule.level, "at": now()},
    )
    if rang:
        Case.objects.filter(id=case.id).update(
            level=Greatest(F("level"), rule.level), alarm=rule.code
        )
        append(Kind.CASE_RAISED, "system", f"case:{case.id}", level=rule.level, alarm=rule.code)
    return rang
