"""Fill a hall for the desk's benchmark: kiosks, clerks with sessions, open and closed cases.

Cases are made by the database itself from one pattern row, a million in under a minute.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models import F, Min, Model, Q
from django.utils import timezone

from backend.accounts.services import ensure_roles
from backend.applications.models import Application
from backend.cases.models import Case, Stage
from backend.config import hall
from backend.fleet.models import Kiosk
from backend.fleet.services import enrol
from backend.orders.models import IssueOrder
from backend.orders.models import State as OrderState
from backend.payments.models import Payment
from backend.payments.models import State as PaymentState

SOURCES = {
    "postgresql": "generate_series(1, %s) AS series(n)",
    "sqlite": "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %s)"
    " SELECT n FROM c)",
}
# Moments n minutes after (or, below nought, before) one that is given.
MOMENTS = {
    "postgresql": "(%s::timestamptz + n * interval '{step} minutes')",
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', %s, (n * {step}) || ' minutes')",
}


@dataclass(frozen=True)
class Hall:
    """What the load needs to know."""

    credentials: list[str]
    sessions: list[str]
    open_cases: int
    closed_cases: int


def seed(kiosks: int, people: int, open_cases: int, closed_cases: int) -> Hall:
    """Put kiosks, signed-in clerks and cases into an empty, migrated database."""
    credentials = _kiosks(kiosks)
    moment = timezone.now()
    # Closed ones go back over months; open ones are calls and parked cases, due from two hours on.
    _cases(moment, closed_cases, Stage.CLOSED, moment.date() - timedelta(days=1), kiosks)
    _cases(moment, open_cases, Stage.WAITING, moment.date() - timedelta(days=2), kiosks)
    _alarms(moment)
    _settle()
    return Hall(credentials, _sessions(people), open_cases, closed_cases)


def tidy() -> None:
    """Close what an earlier run opened, or its timers would ring; the rest is due in two hours."""
    seeded = Q(id__startswith=Stage.WAITING.value) | Q(stage=Stage.CLOSED)
    left = Case.objects.exclude(seeded)
    moment = timezone.now()
    left.update(stage=Stage.CLOSED, closed_at=moment, erased_at=moment, close_outcome="issued")
    waiting = Case.objects.filter(stage=Stage.WAITING)
    first = waiting.aggregate(first=Min("decide_by"))["first"]
    if first is not None:
        waiting.update(decide_by=F("decide_by") + (moment + timedelta(hours=2) - first))
    _settle()


def _settle() -> None:
    """Leave the database as one that has run for long: what changed is tidied and counted."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def _kiosks(count: int) -> list[str]:
    """Enrol one as the product does; the others share its secret, or enrolling takes minutes."""
    secret = enrol("k0").partition(".")[2]
    pattern = Kiosk.objects.get(id="k0")
    Kiosk.objects.bulk_create(
        [
            Kiosk(
                id=f"k{number}",
                credential_hash=pattern.credential_hash,
                enrolled_at=pattern.enrolled_at,
            )
            for number in range(1, count)
        ],
        batch_size=500,
    )
    return [f"k{number}.{secret}" for number in range(count)]


def _cases(moment: datetime, count: int, stage: Stage, day: date, kiosks: int) -> None:
    if not count:
        return
    vendor = connection.vendor
    closed = stage == Stage.CLOSED
    pattern = Case(
        ticket="A 001",
        ticket_day=day,
        reason="portrait_not_matched",
        language="zh-Hans",
        phase="compare",
        stage=stage,
        left_with_ticket=not closed,
        close_outcome="issued" if closed else "",
        erased_at=moment if closed else None,
        level=0 if closed else 1,
    )
    varying = {
        "id": f"'{stage.value}-' || n",
        "ticket_seq": "n",
        "kiosk": f"'k' || (n %% {kiosks})",
        "created_at": MOMENTS[vendor].format(step="-0.25" if closed else "-0.05"),
        "decide_by": MOMENTS[vendor].format(step="-0.25" if closed else "0.05"),
    }
    starts = {"created_at": moment, "decide_by": moment + timedelta(hours=0 if closed else 2)}
    if closed:
        varying["closed_at"] = MOMENTS[vendor].format(step="-0.25")
        starts["closed_at"] = moment
    _fill(pattern, varying, starts, count)


def settled_history(before: int, until: int, kiosks: int) -> None:
    """Put the applications numbered so there, each paid and issued: what a city leaves."""
    count = until - before
    if not count:
        return
    moment = timezone.now() - timedelta(days=1)
    vendor = connection.vendor
    past = MOMENTS[vendor].format(step="-0.25")
    n = f"(n + {before})"
    kiosk, visit = f"'k' || (n %% {kiosks})", f"'v' || {n}"
    _fill(
        Application(card_number="C12345678", offer_code="x", offer={}, fee_fen=1500),
        {
            "id": f"'a' || {n}",
            "number": f"'A' || {n}",
            "kiosk": kiosk,
            "visit_id": visit,
            "settled_at": past,
            "created_at": past,
        },
        {"settled_at": moment, "created_at": moment},
        count,
    )
    _fill(
        Payment(state=PaymentState.PAID, amount_fen=1500),
        {
            "id": f"'p' || {n}",
            "application": f"'a' || {n}",
            "token": f"'t' || {n}",
            "created_at": past,
            "ended_at": past,
        },
        {"created_at": moment, "ended_at": moment},
        count,
    )
    _fill(
        IssueOrder(card_number="C12345678", state=OrderState.PRINTED, new={}, back=[]),
        {
            "id": f"'o' || {n}",
            "number": f"'O' || {n}",
            "application": f"'a' || {n}",
            "kiosk": kiosk,
            "visit_id": visit,
            "created_at": past,
            "printing_at": past,
            "ended_at": past,
        },
        dict.fromkeys(("created_at", "printing_at", "ended_at"), moment),
        count,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _fill(pattern: Model, varying: dict[str, str], starts: dict[str, datetime], count: int) -> None:
    """Put ``count`` rows like ``pattern`` there; of ``varying`` fields SQL says what row n has.

    ``starts`` are the moments from which those of MOMENTS count.
    """
    columns, expressions, values = [], [], []
    for field in pattern._meta.concrete_fields:
        columns.append(connection.ops.quote_name(field.column))
        expressions.append(varying.get(field.name, "%s"))
        if field.name in starts:
            values.append(starts[field.name])
        elif field.name not in varying:
            raw = getattr(pattern, field.attname)
            values.append(field.get_db_prep_save(raw, connection))
    source = SOURCES[connection.vendor]
    table = connection.ops.quote_name(pattern._meta.db_table)
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 - names of the model
        f"SELECT {', '.join(expressions)} FROM {source}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, count])


def _alarms(moment: datetime) -> None:
    """Let every timer have rung on the open cases, or the run would begin with all of them."""
    statement = (
        "INSERT INTO cases_alarm (case_id, code, reference, level, at)"
        " SELECT id, %s, created_at, %s, %s FROM cases_case WHERE stage = 'waiting'"
    )
    with connection.cursor() as cursor:
        for rule in hall().alarms.alarm:
            cursor.execute(statement, [rule.code, rule.level, moment])


def _sessions(people: int) -> list[str]:
    """Sign people in without their passwords: a login costs a tenth of a second by design."""
    ensure_roles()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    role = Group.objects.get(name="clerk")
    keys = []
    for number in range(people):
        user = User.objects.create(username=f"clerk{number}", password="!")  # noqa: S106 - no password at all
        user.groups.add(role)
        session = store()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        keys.append(session.session_key)
    return keys
