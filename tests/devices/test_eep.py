"""The permit's printed line and DG1: pairs of parse and format, OCR's mistakes, bad dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.travel_document.eep import (
    Holder,
    MrzFault,
    PrintedMrz,
    check_digit,
    format_dg1_text,
    format_name,
    format_printed,
    parse_dg1_text,
    parse_name,
    parse_printed,
)

EXAMPLE = "CSC123456788<3405204<9001011<0"

days = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(lambda day: day.strftime("%y%m%d"))
letters = st.sampled_from("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
numbers = st.builds(lambda letter, rest: f"C{letter}{rest:07}", letters, st.integers(0, 9_999_999))
printed_lines = st.builds(PrintedMrz, numbers, days, days)
chinese = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=3)
pinyin = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=8)


def test_the_published_example():
    mrz = parse_printed(EXAMPLE)
    assert isinstance(mrz, PrintedMrz)
    assert mrz.number == "C12345678"
    assert mrz.expiry == date(2034, 5, 20)
    assert mrz.birth(date(2026, 1, 1)) == date(1990, 1, 1)
    assert format_printed(mrz) == EXAMPLE
    assert mrz.bac_key().information == "C12345678" + "8" + "900101" + "1" + "340520" + "4"


def test_check_digits_of_icao():
    """9303-3 and 9303-11: examples with weights 7-3-1."""
    assert check_digit("L898902C<") == "3"
    assert check_digit("690806") == "1"
    assert check_digit("940623") == "6"
    assert check_digit("D23145890") == "7"


@pytest.mark.parametrize("seen", ["C5", "C$", "CS"])
def test_document_code_as_ocr_sees_it(seen: str):
    assert parse_printed(seen + EXAMPLE[2:]) == parse_printed(EXAMPLE)


def test_spaces_and_line_ends_do_not_matter():
    assert parse_printed(f" {EXAMPLE[:10]} {EXAMPLE[10:].lower()}\r\n") == parse_printed(EXAMPLE)


def test_letters_for_digits_are_mended_only_when_check_digits_hold():
    assert parse_printed(EXAMPLE.replace("0", "O")) == parse_printed(EXAMPLE)
    assert parse_printed(EXAMPLE.replace("C12345678", "C1234567B")) == parse_printed(EXAMPLE)
    wrong = EXAMPLE.replace("C12345678", "C1234567S")
    assert parse_printed(wrong) is MrzFault.CHECK_DIGIT


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", MrzFault.LAYOUT),
        (EXAMPLE[:-1], MrzFault.LAYOUT),
        (EXAMPLE + "0", MrzFault.LAYOUT),
        ("证" * 30, MrzFault.LAYOUT),
        ("CSI123456788<3405204<9001011<0", MrzFault.LAYOUT),
        ("CSCI23456788<3405204<9001011<0", MrzFault.LAYOUT),
        ("CD" + EXAMPLE[2:], MrzFault.OTHER_DOCUMENT),
        ("P<" + EXAMPLE[2:], MrzFault.OTHER_DOCUMENT),
        (EXAMPLE[:-1] + "1", MrzFault.CHECK_DIGIT),
    ],
)
def test_what_is_no_printed_line(text: str, fault: MrzFault):
    assert parse_printed(text) is fault


def test_days_that_do_not_exist():
    assert parse_printed(format_printed(PrintedMrz("C12345678", "341301", "900101"))) is (
        MrzFault.DATE
    )
    assert parse_printed(format_printed(PrintedMrz("C12345678", "340520", "900230"))) is (
        MrzFault.DATE
    )
    # Nobody's permit runs out on a 29 February that its century does not have.
    assert parse_printed(format_printed(PrintedMrz("C12345678", "350229", "900101"))) is (
        MrzFault.DATE
    )


def test_leap_day_births():
    born = PrintedMrz("C12345678", "340520", "960229")
    assert parse_printed(format_printed(born)) == born
    assert born.birth(date(2026, 6, 1)) == date(1996, 2, 29)


def test_birth_is_never_in_the_future():
    child = PrintedMrz("C12345678", "300101", "251231")
    assert child.birth(date(2026, 1, 1)) == date(2025, 12, 31)
    assert child.birth(date(2025, 12, 30)) == date(1925, 12, 31)


def test_nothing_personal_is_shown():
    mrz = parse_printed(EXAMPLE)
    assert isinstance(mrz, PrintedMrz)
    shown = repr((mrz, mrz.bac_key(), Holder(mrz, "李明", "LI", "MING", "M")))
    for secret in ("C12345678", "900101", "李", "MING"):
        assert secret not in shown


@given(printed_lines)
def test_printed_lines_come_back(mrz: PrintedMrz):
    line = format_printed(mrz)
    assert len(line) == 30
    assert parse_printed(line) == mrz


@given(printed_lines, st.integers(2, 29), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_noticed(mrz: PrintedMrz, at: int, digit: str):
    line = format_printed(mrz)
    if line[at].isdigit() and line[at] != digit:
        assert isinstance(parse_printed(line[:at] + digit + line[at + 1 :]), MrzFault)


@given(st.text(max_size=100))
def test_any_text_is_a_value(text: str):
    assert isinstance(parse_printed(text), PrintedMrz | MrzFault)
    assert isinstance(parse_dg1_text(text), Holder | MrzFault)


@given(st.text("ABCDEFGHIJKLMNOP<CS0123456789", min_size=60, max_size=60))
def test_any_dg1_is_a_value(rest: str):
    assert isinstance(parse_dg1_text(EXAMPLE + rest), Holder | MrzFault)


@given(printed_lines, chinese, pinyin, pinyin, st.sampled_from("MF"))
def test_dg1_comes_back(mrz: PrintedMrz, name: str, surname: str, given_names: str, sex: str):
    holder = Holder(mrz, name, surname, given_names, sex, birthplace="GD")
    text = format_dg1_text(holder)
    assert len(text) == 90
    assert parse_dg1_text(text) == holder


def test_names_in_gbk_nibbles():
    # 李 is C0 EE in GBK, 明 is C3 F7
    assert format_name("李明") == "MAOOMDPH<<<<"
    assert parse_name("MAOOMDPH<<<<") == "李明"
    assert parse_name("MA<<MDPH<<<<") == "李明"
    assert format_name("李明", nibble_e="<") == "MA<<MDPH<<<<"


def test_longer_names_are_cut():
    assert parse_name(format_name("欧阳晓明")) == "欧阳晓"


@pytest.mark.parametrize("letters_", ["QAAAAAAAAAAA", "IAAAIAAAIAAA", "MAOO1<<<<<<<"])
def test_letters_that_are_no_name(letters_: str):
    assert parse_name(letters_) is None


@given(chinese, st.sampled_from("O<"))
def test_names_come_back(name: str, nibble_e: str):
    assert parse_name(format_name(name, nibble_e)) in (name, name.rstrip("铑"))
