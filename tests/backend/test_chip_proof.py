"""DG1 of this kind of card, and everything that is none."""

from datetime import date
from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.records.chip_proof import ChipFacts, ChipProofFault, check_digit, parse_dg1
from tests.backend.world import BORN, CARD, EXPIRY, make_dg1

TODAY = date(2026, 11, 24)
SIGNS = f"{digits}{ascii_uppercase}<"


def test_a_card_says_number_expiry_and_birth():
    assert parse_dg1(make_dg1(), TODAY) == ChipFacts(CARD, EXPIRY, BORN)
    child = make_dg1(born=date(2018, 2, 14))
    assert parse_dg1(child, TODAY).born == date(2018, 2, 14)


def test_the_documented_example_holds():
    line = "CSC123456788<3405204<9001011<0"
    assert line in make_dg1().decode("ascii", "replace")
    assert check_digit("C12345678") == "8"


def test_long_form_lengths_are_read():
    dg1 = make_dg1()
    assert parse_dg1(b"\x61\x81" + dg1[1:], TODAY).card_number == CARD


@given(st.binary(max_size=200))
def test_other_bytes_are_a_fault_and_nothing_else(data):
    with pytest.raises(ChipProofFault):
        parse_dg1(data, TODAY)


def weigh_the_same(one: int, other: int) -> bool:
    """Say whether check digits cannot tell two signs: modulo ten, 1 weighs like B, L and V."""
    signs = [chr(sign) for sign in (one, other)]
    values = [0 if sign == "<" else int(sign, 36) for sign in signs if sign in SIGNS]
    return len(values) == 2 and values[0] % 10 == values[1] % 10


@pytest.mark.parametrize("at", range(35))
def test_a_changed_byte_is_a_fault_or_the_same_card(at):
    """The check digits cover what matters, and see each change that 7-3-1 can see."""
    whole = make_dg1()
    for value in range(256):
        changed = bytearray(whole)
        changed[at] = value
        try:
            facts = parse_dg1(bytes(changed), TODAY)
        except ChipProofFault:
            continue
        assert weigh_the_same(whole[at], value) or facts == ChipFacts(CARD, EXPIRY, BORN), value


@given(st.integers(0, 94))
def test_a_cut_file_is_a_fault(length):
    with pytest.raises(ChipProofFault):
        parse_dg1(make_dg1()[:length], TODAY)
