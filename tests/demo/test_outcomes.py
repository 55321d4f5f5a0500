"""The demo's exit code: well are only four visits that ended as they had to, audit unbroken."""

from dataclasses import replace

from demo.record import VisitRecord
from demo.script import OUTCOMES, shortfalls

WELL = [
    VisitRecord(name, outcome.value, audit_ok=True, receipt="paper")
    for name, outcome in OUTCOMES.items()
]


def test_all_as_it_has_to_be():
    assert [record.outcome for record in WELL] == ["issued", "issued", "to_counter", "issued"]
    assert shortfalls(WELL) == []


def test_another_outcome_is_a_shortfall():
    for number, record in enumerate(WELL):
        wrong = list(WELL)
        wrong[number] = replace(record, outcome="left")
        assert shortfalls(wrong) == [
            f"{record.name}: ended as left instead of {OUTCOMES[record.name].value}"
        ]


def test_a_broken_audit_and_a_missing_visit_are_shortfalls():
    assert shortfalls([replace(WELL[0], audit_ok=False), *WELL[1:]]) == [
        "a-recognised: the audit chain is broken"
    ]
    assert shortfalls(WELL[:3]) == ["d-coming-back: not played"]


def test_nobody_leaves_without_paper():
    assert shortfalls([*WELL[:2], replace(WELL[2], receipt=""), *WELL[3:]]) == [
        "c-to-counter: left without a receipt or ticket"
    ]
