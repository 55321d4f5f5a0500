"""What stands on a back: everything valid, once, or a reason why not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.endorsement_back import BackOverflow, PrintedEndorsement, compose_back
from devices.glyphs import columns_of
from devices.glyphs.wrapping import wrap, wrap_sentence
from devices.interfaces import BackLine
from devices.sanwa_crp1231.layout import PrintLayout, PrintPlan, plan_print

TODAY = date(2026, 11, 24)
NEW = PrintedEndorsement(
    "澳门", "探亲", "三个月一次", TODAY, date(2027, 2, 23), "广东省公安厅", "M17", stay_days=14
)
OLD = PrintedEndorsement(
    "香港", "个人旅游", "一年多次", date(2026, 3, 1), date(2027, 2, 28), "广东省公安厅", "G21"
)


def compose(*standing: PrintedEndorsement, rows: int = 20) -> tuple[BackLine, ...] | BackOverflow:
    return compose_back(standing, NEW, today=TODAY, max_lines=rows, max_columns=60)


def test_valid_one_is_kept_above_the_new_one() -> None:
    lines = compose(OLD)
    assert isinstance(lines, tuple)
    assert [line.text for line in lines] == [
        "往来香港签注  个人旅游",
        "一年多次",
        "有效期 2026-03-01 至 2027-02-28",
        "签发 广东省公安厅  №G21",
        "",
        "往来澳门签注  探亲",
        "三个月一次  每次逗留不超过14天",
        "有效期 2026-11-24 至 2027-02-23",
        "签发 广东省公安厅  №M17",
    ]
    assert [line.tall for line in lines].count(True) == 2


def test_expired_one_goes_and_the_last_day_still_counts() -> None:
    expired = replace(OLD, valid_until=TODAY - timedelta(days=1))
    last_day = replace(OLD, valid_until=TODAY)
    assert len(compose(expired)) == 4  # type: ignore[arg-type]
    assert len(compose(last_day)) == 9  # type: ignore[arg-type]


def test_reprint_replaces_what_it_reprints() -> None:
    lines = compose(replace(NEW, office="旧"))
    assert isinstance(lines, tuple)
    assert not any("旧" in line.text for line in lines)


def test_many_are_set_closer_and_too_many_are_a_reason() -> None:
    def kept(count: int) -> list[PrintedEndorsement]:
        return [replace(OLD, order_number=f"G{n}") for n in range(count)]

    three_more = compose(*kept(3))
    assert isinstance(three_more, tuple)
    assert not any(line.tall for line in three_more)
    four_more = compose(*kept(4))
    assert isinstance(four_more, tuple)
    assert all(line.text for line in four_more)
    assert compose(*kept(5)) == BackOverflow(24, 20, 6)
    assert compose(*kept(5)).reason == (  # type: ignore[union-attr]
        "6 endorsements need 24 rows, the card's back has 20"
    )


@given(st.integers(0, 6), st.integers(20, 60), st.integers(4, 20))
def test_what_is_composed_can_be_printed(count: int, columns: int, rows: int) -> None:
    standing = [replace(OLD, order_number=f"G{n}") for n in range(count)]
    lines = compose_back(standing, NEW, today=TODAY, max_lines=rows, max_columns=columns)
    if isinstance(lines, tuple):
        layout = PrintLayout(max_lines=rows, max_columns=columns)
        assert isinstance(plan_print(lines, layout), PrintPlan)
        text = "".join(line.text for line in lines).replace(" ", "")
        assert text.count("往来香港签注") == count
        assert all(f"№G{n}" in text for n in range(count))


@pytest.mark.parametrize("breaks", [wrap, wrap_sentence])
@given(st.text(st.sampled_from("ab 往来,。"), max_size=80), st.integers(2, 30))
def test_wrapping_keeps_every_character_within_the_width(
    breaks: Callable[[str, int], list[str]], text: str, columns: int
) -> None:
    lines = breaks(text, columns)
    assert all(columns_of(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
