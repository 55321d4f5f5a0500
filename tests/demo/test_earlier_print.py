"""What the demo's cards bear before the first visit, and how large its window gets."""

from datetime import date

import pytest

from demo.display import fitting_scale
from demo.earlier_print import UnusableData, print_earlier
from demo.people import read_people
from devices.rig.card import Card, CardFront
from devices.rig.card_back import back_text

TODAY = date(2026, 11, 24)
ROW = """[[printed]]
resident = "x"
destination = "澳门"
kind = "{kind}"
entries = "一次有效"
valid_from_days_ago = 400
valid_until_days_ago = 310
stay_days = 7
office = "大厅"
number = "E800000117"
kept = {kept}
"""


def printed(tmp_path, kind="个人旅游", kept=1.0):
    data = tmp_path / "printed.toml"
    data.write_text(ROW.format(kind=kind, kept=kept), "utf-8")
    card = Card(CardFront(mrz=""))
    print_earlier({"x": card}, TODAY, data)
    return card


def test_an_expired_endorsement_can_be_read_off_the_back(tmp_path):
    text = back_text(printed(tmp_path))
    assert text.splitlines()[0] == "往来澳门签注  个人旅游"
    assert "有效期 2025-10-20 至 2026-01-18" in text
    assert "№E800000117" in text


def test_a_faded_back_has_lost_dots_and_gained_none(tmp_path):
    whole, faded = printed(tmp_path).back, printed(tmp_path, kept=0.35).back
    assert 0.3 < faded.sum() / whole.sum() < 0.4
    assert not (faded & ~whole).any()


def test_what_does_not_fit_is_refused(tmp_path):
    with pytest.raises(UnusableData):
        printed(tmp_path, kind="很长" * 400)


def test_the_demos_own_cards_bear_what_config_says():
    people = read_people()
    assert "往来澳门签注" in back_text(people["normal"].card)
    assert "往来香港签注" in back_text(people["other_portrait"].card)
    assert people["faded"].card.back.any()
    assert not people["child"].card.back.any()


@pytest.mark.parametrize(
    ("display", "scale"),
    [((3840, 2160), 1.0), ((1440, 900), 810 / 1920), ((800, 2400), 420 / 1080), ((100, 100), 0.2)],
)
def test_a_screen_beside_the_dock_fits_the_display(display, scale):
    assert fitting_scale((1080, 1920), display, 380) == pytest.approx(scale)
