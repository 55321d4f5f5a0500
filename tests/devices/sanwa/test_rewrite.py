"""A whole back through driver, line and emulator, read back from its dots."""

from threading import Event, Thread

import pytest

from devices.interfaces import BackLine, CardPosition, CardSlot, EndorsementPrinter, PrintOutcome
from devices.rig.card_back import back_text
from devices.sanwa_crp1231.layout import PrintLayout, PrintPlan, plan_print
from devices.status import Ready
from devices.transport import Manipulator
from tests.devices.sanwa.conftest import MakeKit, blank_card

BACK = (
    BackLine("往来港澳签注", tall=True),
    BackLine("香港 个人旅游 一年多次 每次逗留不超过7天"),
    BackLine("有效期 2026-11-24 至 2027-11-23"),
    BackLine("签发 公安部出入境管理局 №E2026112400017"),
    BackLine("澳门 探亲 三个月一次 臺灣 ~\\ OK"),
)
TEXT = "\n".join(line.text for line in BACK)


def test_driver_offers_both_interfaces(make_kit: MakeKit) -> None:
    kit = make_kit()
    slot: CardSlot = kit.printer
    printer: EndorsementPrinter = kit.printer
    assert slot.has_bin is False
    assert (printer.max_lines, printer.max_columns) == (20, 60)


def test_card_goes_in_is_rewritten_and_comes_out_over_a_pty(make_kit: MakeKit) -> None:
    kit = make_kit(over_pty=True)
    card = blank_card()
    card.back[100:200] = True
    kit.printer.initialise()
    assert kit.printer.position() is CardPosition.NONE
    taken: list[bool] = []
    waiting = Thread(target=lambda: taken.append(kit.printer.take_in(Event())))
    waiting.start()
    assert isinstance(kit.printer.status(), Ready)  # asked while the slot waits for a card
    kit.bay.insert(card)
    waiting.join(timeout=5)
    assert taken == [True]
    assert kit.printer.position() is CardPosition.INSIDE
    result = kit.printer.rewrite(BACK)
    assert (result.outcome, result.erased) == (PrintOutcome.PRINTED, True)
    assert back_text(card) == TEXT
    assert kit.printer.eject() is CardPosition.AT_GATE
    assert kit.bay.take() is card
    assert kit.printer.position() is CardPosition.NONE


def test_second_rewrite_leaves_nothing_of_the_first(make_kit: MakeKit) -> None:
    kit = make_kit()
    card = kit.insert(blank_card())
    kit.printer.rewrite(BACK)
    kit.printer.rewrite((BackLine("注销"),))
    assert back_text(card) == "注销"


def test_back_uses_more_than_seventeen_registered_glyphs() -> None:
    plan = plan_print(BACK, PrintLayout())
    assert isinstance(plan, PrintPlan)
    assert len(plan.glyphs) > 17 + 1


def test_text_comes_from_the_glyphs_that_went_over_the_line(make_kit: MakeKit) -> None:
    """Spoil one registered bitmap on its way: the back must show it, whatever was asked for."""
    import numpy as np

    from devices.glyphs import UNKNOWN_CELL, full_cell
    from devices.sanwa_crp1231.frames import Code, Frame

    kit = make_kit()
    card = kit.insert(blank_card())
    spoilt = np.array(full_cell("香"))
    spoilt[10:14] = ~spoilt[10:14]
    dialogue = kit.printer._dialogue
    data = bytes((7,)) + np.packbits(spoilt).tobytes()
    assert dialogue.command(Frame(Code.REGISTER_GLYPH, data=data), 1.0, repeatable=True).ok
    text = b"01\x01A\x1bg\x07B"
    assert dialogue.command(Frame(Code.PRINT, data=text), 1.0, repeatable=False).ok
    assert back_text(card) == f"A{UNKNOWN_CELL * 2}B"


@pytest.mark.parametrize(
    "treat",
    [
        pytest.param({"piece": 1}, id="one byte at a time"),
        pytest.param({"noise": b"\x00\xff\x13\x99\x7f"}, id="noise before every answer"),
        pytest.param({"noise": b"\x02\x08\x11"}, id="noise that looks like a start"),
        pytest.param({"delay_s": 0.002, "piece": 4}, id="delay"),
    ],
)
def test_rewrite_over_bad_lines(make_kit: MakeKit, treat: dict[str, object]) -> None:
    kit = make_kit(spoil_host=lambda line: Manipulator(line, **treat))  # type: ignore[arg-type]
    card = kit.insert(blank_card())
    assert kit.printer.rewrite(BACK).outcome is PrintOutcome.PRINTED
    assert back_text(card) == TEXT


def test_device_hears_one_byte_at_a_time_with_noise(make_kit: MakeKit) -> None:
    kit = make_kit(spoil_device=lambda line: Manipulator(line, piece=1, noise=b"\x00\x41"))
    card = kit.insert(blank_card())
    assert kit.printer.rewrite(BACK).outcome is PrintOutcome.PRINTED
    assert back_text(card) == TEXT


@pytest.mark.parametrize("seed", range(5))
def test_loss_never_yields_a_wrong_word_about_the_back(make_kit: MakeKit, seed: int) -> None:
    kit = make_kit(
        spoil_host=lambda line: Manipulator(line, loss=0.02, seed=seed),
        spoil_device=lambda line: Manipulator(line, loss=0.002, seed=seed + 100),
    )
    card = kit.insert(blank_card())
    result = kit.printer.rewrite(BACK)
    if result.outcome is PrintOutcome.PRINTED:
        assert back_text(card) == TEXT
    elif result.outcome is PrintOutcome.FAILED:
        assert back_text(card) == ""
