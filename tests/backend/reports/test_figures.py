"""Figures, plots and tables without a database."""

import csv
import io
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.console.closing_form import BadForm, parse_yuan, read_closing
from backend.insight.wilson import Rate
from backend.reports import plots
from backend.reports.figures import CaseFact, Kept, claim_waits, kept_of, wait_of
from backend.reports.span import parse_span
from backend.reports.tables import BOM, STARTS, format_csv

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def case(within_min: float, settled_min: float | None, claimed_min: float | None = None):
    def after(minutes):
        return None if minutes is None else NOON + timedelta(minutes=minutes)

    return CaseFact("3", "x", "", NOON, after(within_min), after(claimed_min), after(settled_min))


def test_urgency_counts_what_was_in_time_late_and_still_open():
    cases = [case(10, 9), case(10, 10), case(10, 11), case(10, None), case(90, None)]
    assert kept_of(cases, NOON + timedelta(minutes=30)) == Kept(kept=2, missed=2, pending=1)


def test_waits_are_those_of_claimed_cases():
    cases = [case(10, None, minutes) for minutes in (1, 2, 3, 10)] + [case(10, None)]
    wait = wait_of(claim_waits(cases))
    assert (wait.count, wait.median_s, wait.longest_s) == (4, 150, 600)
    assert wait_of([]) == wait_of(claim_waits([case(10, None)]))
    assert wait_of([7.0]).p90_s == 7


@pytest.mark.parametrize(
    ("failed", "count", "low", "high"),
    # Reference values: Newcombe 1998, table I (method 3).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)],
)
def test_a_rate_has_wilsons_interval(failed, count, low, high):
    ends = Rate(failed, count).interval()
    assert ends == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_a_span_is_a_day_or_a_month_and_nothing_else():
    assert parse_span("2026-02").last.day == 28
    day = parse_span("2026-11-24")
    assert (day.end - day.start, day.is_day) == (timedelta(days=1), True)
    for text in ("", "2026", "2026-13", "2026-02-30", "2026-W01-1", "１２３４-05", "9999-12"):
        assert parse_span(text) is None, text


@given(st.text(max_size=40))
def test_any_text_is_a_span_or_none(text):
    span = parse_span(text)
    assert span is None or span.name == text


@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=5))
def test_no_cell_begins_a_formula_and_words_come_back(rows):
    text = format_csv(("a", "b"), rows)
    assert text.startswith(BOM)
    read = list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))[1:]
    assert len(read) == len(rows)
    for got, wanted in zip(read, rows, strict=True):
        for cell, word in zip(got, wanted, strict=True):
            assert not cell.lstrip(" ").startswith(STARTS)
            assert cell.removeprefix("'") == word.replace("\x00", "").removeprefix("'")


def test_numbers_stay_numbers():
    assert format_csv(("n",), [(-5,), (1.5,), ("-5",)]).splitlines()[1:] == ["-5", "1.5", "'-5"]


@given(st.text(max_size=20), st.integers(0, 10**6), st.floats(0, 1))
def test_plots_are_well_formed_whatever_the_words(word, value, share):
    word = "".join(sign for sign in word if sign.isprintable())
    for svg in (
        plots.columns(word, [plots.Column(word, value, value * 2), plots.Column("b", None)]),
        plots.bars(word, [plots.Bar(word, (("bar-main", value), ("bar-rest", 1)), word)]),
        plots.intervals(word, [plots.Interval(word, share, 0, 1, word)], share),
        plots.columns(word, []),
        plots.bars(word, []),
        plots.intervals(word, []),
    ):
        root = ET.fromstring(svg)  # noqa: S314 - our own drawing
        assert root.get("aria-label") == word
        for shape in root.iter("rect"):
            assert float(shape.get("x")) + float(shape.get("width")) <= plots.WIDTH + 1


@given(st.floats(0, 1e9))
def test_an_axis_ends_at_or_above_its_values(value):
    assert value <= plots.nice_top(value) <= max(1, 2.5 * value)


@pytest.mark.parametrize(
    ("text", "fen"),
    [("", None), ("0", 0), ("120.5", 12050), ("1,234.05", 123405), ("15", 1500)],
)
def test_amounts_are_read(text, fen):
    assert parse_yuan(text) == fen


@given(st.text(max_size=20))
def test_any_other_amount_is_refused(text):
    found = parse_yuan(text)
    assert found is None or isinstance(found, BadForm) or found >= 0


def test_a_case_goes_to_its_own_taker_or_to_everybodys():
    said = read_closing({"all_to": "7", "to-a": "", "to-b": "9", "to-c": "x", "remark": " r "})
    assert (said.handed_to, said.all_to) == ({"b": 9, "c": 0}, 7)
    assert said.remark == "r"
    assert read_closing({"counted": "12,5x"}) == BadForm("dayend.amount_unread")
    assert read_closing({"remark": "x" * 1001}) == BadForm("dayend.remark_long")
