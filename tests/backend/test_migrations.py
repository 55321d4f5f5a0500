"""Migrations run forward on a database that is in use: from the first state, with rows, to now."""

import json
import os
from datetime import UTC, date, datetime

import pytest
from django.apps import apps as real_apps
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

from backend.audit.chain import GENESIS, Link, digest
from backend.audit.services import verify
from backend.cases.models import Case
from tests.backend.test_operations import look_at

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("DATABASE_URL")), reason="the first state is made in a SQLite file"
)
THEN = datetime(2026, 1, 5, 8, tzinfo=UTC)
ROWS = 3
OURS = "backend."


def first_state(executor) -> list[tuple[str, str]]:
    """Return the first migration of each app of ours, and the newest of all others."""
    ours = {config.label for config in real_apps.get_app_configs() if config.name.startswith(OURS)}
    targets = []
    for app, name in executor.loader.graph.leaf_nodes():
        names = sorted(key[1] for key in executor.loader.graph.nodes if key[0] == app)
        targets.append((app, names[0] if app in ours else name))
    return targets


def fill(state) -> dict[str, int]:
    """Put rows into every table of ours, each referring to one of those before it."""
    counts: dict[str, int] = {}
    todo = [model for model in state.get_models() if not model._meta.auto_created]
    labels = {config.label for config in real_apps.get_app_configs() if OURS in config.name}
    todo = [model for model in todo if model._meta.app_label in labels]
    users = state.get_model("auth", "User")
    for number in range(ROWS):
        users.objects.create(username=f"user{number}")
    made = {users._meta.label: list(users.objects.all())}
    while todo:
        ready = [model for model in todo if all(to in made for to in needs(model))]
        assert ready, f"tables that need each other: {[m._meta.label for m in todo]}"
        for model in ready:
            todo.remove(model)
            label = model._meta.label
            if label == "audit.AuditEvent":
                made[label] = chain(model)
            elif label == "live.LiveVersion":
                made[label] = [model.objects.create(id=1, version=7)]
            else:
                made[label] = [model.objects.create(**row(model, n, made)) for n in range(ROWS)]
            counts[label] = len(made[label])
    return counts


def needs(model) -> list[str]:
    return [
        field.remote_field.model._meta.label
        for field in model._meta.concrete_fields
        if field.is_relation and not field.null and field.remote_field.model is not model
    ]


def row(model, number: int, made) -> dict[str, object]:
    """Return plausible values for one row, different from those of the others."""
    values: dict[str, object] = {}
    for field in model._meta.concrete_fields:
        if field.is_relation:
            found = made.get(field.remote_field.model._meta.label)
            if found:
                values[field.name] = found[number % len(found)]
        elif isinstance(field, models.AutoField):
            continue
        else:
            values[field.name] = value(field, number)
    return values


def value(field, number: int):
    match field:
        case models.BooleanField():
            return False
        case models.DateTimeField():
            return THEN.replace(hour=8 + number)
        case models.DateField():
            return date(2026, 1, 1 + number)
        case models.JSONField():
            return {"title": {"en": "t"}, "number": number}
        case models.BinaryField():
            return b"sealed"
        case models.FloatField() | models.IntegerField():
            return number + 1
        case _:
            if field.choices:
                return next(choice for choice, _ in field.choices)
            return f"{field.name[:3]}{number}"[: field.max_length or 20]


def chain(model) -> list[object]:
    """Write a chain that holds, as the server of then did."""
    link, made = GENESIS, []
    for number in range(1, ROWS + 1):
        facts = json.dumps({"number": number})
        event = Link(number, THEN.isoformat(), "offers.shown", "kiosk:3", "card:x", facts, link, "")
        link = digest(event)
        made.append(model.objects.create(**{**event._asdict(), "hash": link}))
    return made


def test_the_first_state_with_rows_comes_to_the_newest(database):
    look_at(database / "old.sqlite3")
    executor = MigrationExecutor(connection)
    targets = first_state(executor)
    executor.migrate(targets)
    executor.loader.build_graph()
    counts = fill(executor.loader.project_state(targets).apps)
    assert len(counts) > 15
    newest = MigrationExecutor(connection)
    newest.migrate(newest.loader.graph.leaf_nodes())
    assert not MigrationExecutor(connection).migration_plan(newest.loader.graph.leaf_nodes())
    for label, count in counts.items():
        try:
            model = real_apps.get_model(label)
        except LookupError:
            continue  # a table that a later migration replaced
        assert model._default_manager.count() == count, label
        for one in model._default_manager.all():
            one.refresh_from_db()
    assert (verify().ok, verify().events) == (True, ROWS)
    assert Case.objects.get(ticket="tic1").decide_by == THEN.replace(hour=9)
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA foreign_key_check").fetchall() == []
        assert cursor.execute("PRAGMA integrity_check").fetchone() == ("ok",)
