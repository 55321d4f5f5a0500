"""The configuration in force, by subject and in words; beside it what the files say by now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from backend.config import FILES
from backend.config_models import HallConfig
from backend.console.settings_tables import TABLES, Rows, TablePlan
from backend.console.settings_words import format_setting

State = Literal["", "changed", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Subject:
    """One page of settings: its single values by their keys, its tables by their codes."""

    code: str
    values: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


def _keys(file: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{file}.{name}" for name in names)


SUBJECTS = (
    Subject(
        "offers",
        ("offers.reprint.title", "offers.reprint.office"),
        ("offers", "fees", "margins", "rules", "explanations", "offer_words"),
    ),
    Subject(
        "queue",
        _keys(
            "timers",
            *("default_decision_within_s", "decide_before_departure_s", "claim_lease_s"),
            *("claim_renew_every_s", "rest_ends_before_appointment_s", "presence_s"),
            *("expected_handling_s", "case_longest_h"),
        ),
        ("grounds",),
    ),
    Subject(
        "alarms",
        _keys("messenger", "url", "language", "deadline_s", "try_again_s", "oldest_s", "body"),
        ("alarms",),
    ),
    Subject(
        "decisions",
        ("policy.identity_accepted_for_min", "policy.application_valid_min"),
        ("decisions", "phrases"),
    ),
    Subject(
        "approvals",
        (
            "policy.delegation.longest_days",
            "policy.break_glass.review_within_h",
            *_keys("policy.second_look", "share", "kinds", "within_h"),
        ),
        ("approvals", "approval_rules", "lending"),
    ),
    Subject(
        "match",
        _keys(
            "policy",
            *("match.max_tries", "match.required_references", "match.liveness"),
            *("require_sod_for_record_portrait", "record_portraits_per_kiosk_and_hour"),
        ),
        ("models",),
    ),
    Subject(
        "insight",
        _keys(
            "insight",
            *("window_h", "windows", "min_compared", "clear_gap", "expected_share"),
            *("expected_weight", "suspect.z", "suspect.min_failed", "incident.z"),
            "incident.min_failed",
        ),
    ),
    Subject("payment", _keys("timers", "payment_expires_s", "paid_not_issued_s", "order_stuck_s")),
    Subject(
        "sign_in",
        (
            "policy.sign_in.session_h",
            *_keys("timers", "login_failures", "login_lockout_s", "login_failures_per_address"),
            *_keys("policy.second_factor", "shift_h", "failures", "lockout_s"),
        ),
        ("roles",),
    ),
    Subject(
        "retention",
        (
            "timers.evidence_kept_after_close_h",
            *_keys(
                "retention",
                *("chip_read_kept_h", "scores_kept_h", "print_detail_kept_h"),
                *("closing_remark_kept_h", "loose_picture_kept_h"),
            ),
            *_keys("insight", "card_forgotten_after_h", "kept_days"),
        ),
    ),
    Subject(
        "server",
        _keys(
            "timers",
            *("background_every_s", "live_poll_ms", "max_wait_s", "request_lease_s"),
            "answers_kept_h",
        ),
    ),
)
PLANS = {plan.code: plan for plan in TABLES}


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in force, and what stands in the file instead, where that differs."""

    text: str
    on_disk: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """One setting; its name and what it does are texts by its key."""

    key: str
    file: str
    path: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; ``added`` and ``removed`` speak of the file."""

    cells: list[tuple[str, Cell]]
    state: State


@dataclass(frozen=True, slots=True)
class Table:
    """One list; ``head`` are codes of columns."""

    code: str
    file: str
    head: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class SubjectSheet:
    """All of one subject. ``changed``: so many of its places differ from the files."""

    code: str
    values: list[Value]
    tables: list[Table]
    changed: int


def settings_sheet(
    in_force: HallConfig, on_disk: HallConfig | None, language: str
) -> list[SubjectSheet]:
    """Lay out what the server runs with; without ``on_disk`` nothing is marked as changed."""
    disk = on_disk or in_force
    return [_subject(subject, in_force, disk, language) for subject in SUBJECTS]


def shown_keys() -> set[str]:
    """Return the keys, or the beginnings of keys, that some subject shows."""
    values = {key for subject in SUBJECTS for key in subject.values}
    tables = {code for subject in SUBJECTS for code in subject.tables}
    return values | {key for code in tables for key in PLANS[code].keys}


def changed_files(in_force: HallConfig, on_disk: HallConfig) -> list[str]:
    """Return the files whose content is not what is in force."""
    return [name for name in FILES if getattr(in_force, name) != getattr(on_disk, name)]


def _subject(
    subject: Subject, in_force: HallConfig, disk: HallConfig, language: str
) -> SubjectSheet:
    now, then = in_force.model_dump(mode="json"), disk.model_dump(mode="json")
    values = [_value(key, now, then, language) for key in subject.values]
    tables = [_table(PLANS[code], in_force, disk, language) for code in subject.tables]
    changed = sum(value.cell.changed for value in values)
    changed += sum(bool(row.state) for table in tables for row in table.rows)
    return SubjectSheet(subject.code, values, tables, changed)


def _value(key: str, now: Mapping[str, Any], then: Mapping[str, Any], language: str) -> Value:
    file, _, path = key.partition(".")
    held, written = at_key(now, key), at_key(then, key)
    text = format_setting(key, held, language)
    on_disk = format_setting(key, written, language)
    return Value(key, file, path, Cell(text, on_disk, changed=held != written))


def at_key(content: Mapping[str, Any], key: str) -> Any:
    """Return what stands under a dotted key."""
    found: Any = content
    for part in key.split("."):
        found = found[part]
    return found


def _table(plan: TablePlan, in_force: HallConfig, disk: HallConfig, language: str) -> Table:
    file = plan.keys[0].partition(".")[0]
    rows = list(_rows(plan, plan.rows(in_force, language), plan.rows(disk, language)))
    return Table(plan.code, file, plan.head, rows)


def _rows(plan: TablePlan, now: Rows, then: Rows) -> Iterator[Row]:
    held, written = dict(now), dict(then)
    for code, cells in now:
        other = written.get(code)
        if other is None:
            yield Row(_plain(plan, cells), "removed")
            continue
        pairs = zip(plan.head, cells, other, strict=True)
        shown = [(name, Cell(text, new, changed=text != new)) for name, text, new in pairs]
        yield Row(shown, "changed" if cells != other else "")
    for code, cells in then:
        if code not in held:
            yield Row(_plain(plan, cells), "added")


def _plain(plan: TablePlan, cells: tuple[str, ...]) -> list[tuple[str, Cell]]:
    return [(name, Cell(text)) for name, text in zip(plan.head, cells, strict=True)]
