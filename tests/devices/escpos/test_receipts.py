"""Receipts from parts to paper: text and picture come from the bytes on the line."""

import time
from threading import Timer

import numpy as np
import pytest

from devices.escpos_receipt import ReceiptStyle, ReceiptTiming, build_receipt, interpret
from devices.escpos_receipt.raster_text import read_qr
from devices.interfaces import PrintOutcome, QrCode, ReceiptPrinter, Row, Rule, Text
from devices.status import Disconnected, Faulted, NearEnd, Ready, Trouble
from devices.transport import Manipulator
from tests.devices.escpos.conftest import SHORT_WAITS, MakeKit

TICKET = "https://hall.example/t/T-0042"
PARTS = (
    Text("Endorsement receipt", scale=2, bold=True, centred=True),
    Rule(),
    Row("姓名", "林晓"),
    Row("签注", "往来澳门 探亲 三个月一次"),
    Row("Fee", "CNY 15.00"),
    Row("合计", "¥15.00"),
    Text("请妥善保管此凭条。臺灣"),
    QrCode(TICKET),
)
TEXT = "\n".join(
    (
        "Endorsement receipt",
        "-" * 48,
        "姓名" + " " * 40 + "林晓",
        "签注" + " " * 20 + "往来澳门 探亲 三个月一次",
        "Fee" + " " * 36 + "CNY 15.00",
        "合计" + " " * 37 + "¥15.00",
        "请妥善保管此凭条。臺灣",
        f"[QR {TICKET}]",
    )
)


def test_receipt_goes_over_a_pty_and_is_cut(make_kit: MakeKit) -> None:
    kit = make_kit(over_pty=True)
    printer: ReceiptPrinter = kit.printer
    assert printer.print_receipt(PARTS).outcome is PrintOutcome.PRINTED
    (receipt,) = kit.emulator.receipts
    assert (receipt.text, receipt.cut, receipt.unknown) == (TEXT, True, ())
    assert receipt.picture().width == 576 + 48


@pytest.mark.parametrize("native", [True, False])
def test_qr_code_can_be_scanned_from_the_paper(native: bool) -> None:
    (receipt,) = interpret(build_receipt([QrCode(TICKET)], ReceiptStyle(native_qr=native)))
    assert read_qr(receipt.dots) == TICKET
    assert f"[QR {TICKET}]" in receipt.text


def test_chinese_is_raster_in_slices_and_never_in_the_printers_own_font() -> None:
    data = build_receipt([Text("往来港澳通行证", scale=3, bold=True)], ReceiptStyle())
    assert b"\x1dv0" in data
    assert b"\x1c&" not in data
    heights = [
        data[at + 6] + data[at + 7] * 256
        for at in range(len(data) - 8)
        if data[at : at + 4] == b"\x1dv0\x00"
    ]
    assert heights
    assert max(heights) <= 255


def test_changed_dots_change_the_text() -> None:
    data = bytearray(build_receipt([Text("往来")], ReceiptStyle()))
    at = data.index(b"\x1dv0") + 8 + 6 * 10  # some rows into the raster of 48 dots
    data[at : at + 3] = bytes(byte ^ 0xFF for byte in data[at : at + 3])
    (receipt,) = interpret(bytes(data))
    assert "往" not in receipt.text


def test_long_lines_wrap_and_keep_every_character() -> None:
    text = "请在规定的有效期内使用签注，" * 6
    (receipt,) = interpret(build_receipt([Text(text)], ReceiptStyle()))
    assert receipt.text.replace("\n", "") == text


def test_a_sentence_is_broken_after_its_mark_and_leaves_no_character_alone() -> None:
    text = "请凭小票到人工窗口，工作人员会接着办，不用重新填写。"
    (receipt,) = interpret(build_receipt([Text(text)], ReceiptStyle()))
    assert receipt.text.splitlines() == ["请凭小票到人工窗口，工作人员会接着办，", "不用重新填写。"]


def test_a_break_after_a_mark_takes_no_line_more() -> None:
    text = "请，" + "看" * 46
    (receipt,) = interpret(build_receipt([Text(text)], ReceiptStyle()))
    assert [len(line) for line in receipt.text.splitlines()] == [24, 24]


def test_picture_is_black_where_the_dots_are() -> None:
    (receipt,) = interpret(build_receipt([Rule()], ReceiptStyle()))
    picture = np.asarray(receipt.picture())
    assert int((picture < 128).sum()) == int(receipt.dots.sum()) == 2 * 576


@pytest.mark.parametrize(
    "treat",
    [
        pytest.param({"piece": 1}, id="one byte at a time"),
        pytest.param({"delay_s": 0.01}, id="delay"),
        pytest.param({"noise": b"\xff\x81"}, id="noise before every answer"),
    ],
)
def test_answers_over_bad_lines(make_kit: MakeKit, treat: dict[str, object]) -> None:
    kit = make_kit(spoil_host=lambda line: Manipulator(line, **treat))  # type: ignore[arg-type]
    assert kit.printer.status() == Ready()
    assert kit.printer.print_receipt(PARTS).outcome is PrintOutcome.PRINTED


def test_printer_hears_one_byte_at_a_time(make_kit: MakeKit) -> None:
    kit = make_kit(spoil_device=lambda line: Manipulator(line, piece=7))
    assert kit.printer.print_receipt([Text("Ticket 42")]).outcome is PrintOutcome.PRINTED
    assert kit.emulator.receipts[0].text == "Ticket 42"


def test_lost_answers_are_unknown_not_printed(make_kit: MakeKit) -> None:
    kit = make_kit()
    kit.emulator.faults.power_lost_after = 12
    result = kit.printer.print_receipt(PARTS)
    assert result.outcome is PrintOutcome.UNKNOWN
    assert kit.emulator.receipts == []


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"paper_out": True}, Faulted(Trouble.PAPER_OUT, "no paper")),
        ({"cover_open": True}, Faulted(Trouble.COVER_OPEN, "cover is open")),
        ({"near_end": True}, NearEnd("paper is near its end")),
    ],
)
def test_status_names_what_a_person_has_to_do(
    make_kit: MakeKit, fault: dict[str, bool], status: object
) -> None:
    kit = make_kit()
    assert kit.printer.status() == Ready()
    for name, value in fault.items():
        setattr(kit.emulator.faults, name, value)
    assert kit.printer.status() == status


@pytest.mark.parametrize("fault", ["silent", "garbage"])
def test_silence_and_garbage_are_disconnected(make_kit: MakeKit, fault: str) -> None:
    kit = make_kit()
    setattr(kit.emulator.faults, fault, True)
    assert isinstance(kit.printer.status(), Disconnected)
    assert kit.printer.print_receipt(PARTS).outcome is PrintOutcome.FAILED


def test_a_printer_that_is_late_once_still_prints(make_kit: MakeKit) -> None:
    kit = make_kit()
    kit.emulator.faults.silent = True
    late = Timer(SHORT_WAITS.status_s * 1.5, lambda: setattr(kit.emulator.faults, "silent", False))
    late.start()
    assert kit.printer.print_receipt(PARTS).outcome is PrintOutcome.PRINTED
    late.join()


def test_paper_that_ends_in_mid_receipt_fails_with_its_reason(make_kit: MakeKit) -> None:
    kit = make_kit()
    kit.emulator.faults.paper_out_after = 9
    result = kit.printer.print_receipt(PARTS)
    assert (result.outcome, result.detail) == (PrintOutcome.FAILED, "no paper")
    rest = kit.emulator.tear_off()
    assert rest is not None
    assert not rest.cut


def test_stuck_cutter_is_a_fault_of_its_own(make_kit: MakeKit) -> None:
    kit = make_kit()
    kit.emulator.faults.cutter_stuck = True
    result = kit.printer.print_receipt([Text("A")])
    assert (result.outcome, result.detail) == (PrintOutcome.FAILED, "cutter error")
    assert kit.printer.status() == Faulted(Trouble.CUTTER, "cutter error")
    kit.emulator.power_off()
    kit.emulator.faults.cutter_stuck = False
    kit.emulator.power_on()
    assert kit.printer.status() == Ready()


def test_paper_that_is_refilled_in_time_lets_the_receipt_end(make_kit: MakeKit) -> None:
    timing = ReceiptTiming(status_s=0.2, print_s=3.0, ask_again_s=5.0, baud=1_000_000)
    kit = make_kit(timing=timing)
    kit.emulator.faults.paper_out_after = 3

    def refill() -> None:
        kit.emulator.faults.paper_out = False

    Timer(0.3, refill).start()
    began = time.monotonic()
    assert kit.printer.print_receipt([Text("A"), Text("B")]).outcome is PrintOutcome.PRINTED
    assert time.monotonic() - began >= 0.25


@pytest.mark.parametrize("seed", range(6))
def test_lossy_line_never_yields_a_wrong_word(make_kit: MakeKit, seed: int) -> None:
    kit = make_kit(spoil_host=lambda line: Manipulator(line, loss=0.3, seed=seed))
    result = kit.printer.print_receipt([Text("Ticket 42"), Row("Fee", "15.00")])
    if result.outcome is PrintOutcome.PRINTED:
        (receipt,) = kit.emulator.receipts
        assert receipt.text.startswith("Ticket 42\nFee")
    if result.outcome is PrintOutcome.FAILED:
        assert kit.emulator.receipts == []


@pytest.mark.parametrize("after", range(0, 14, 2))
def test_power_lost_after_any_command_is_never_called_printed(
    make_kit: MakeKit, after: int
) -> None:
    kit = make_kit()
    kit.emulator.faults.power_lost_after = after
    result = kit.printer.print_receipt(PARTS)
    assert result.outcome is PrintOutcome.UNKNOWN
    assert isinstance(kit.printer.status(), Disconnected)
    kit.emulator.power_on()
    assert kit.printer.print_receipt([Text("again")]).outcome is PrintOutcome.PRINTED
    assert kit.emulator.receipts[-1].text.endswith("again")


def test_unplugged_line(make_kit: MakeKit) -> None:
    kit = make_kit(over_pty=True)
    kit.emulator.stop()
    assert isinstance(kit.printer.status(), Disconnected)
    assert kit.printer.print_receipt(PARTS).outcome is PrintOutcome.FAILED


def test_late_answer_of_an_unproven_receipt_does_not_prove_the_next(make_kit: MakeKit) -> None:
    kit = make_kit()
    kit.emulator.faults.paper_out_after = 9
    assert kit.printer.print_receipt(PARTS).outcome is PrintOutcome.FAILED
    kit.emulator.faults.paper_out = False  # the printer now ends the old receipt and answers
    assert kit.printer.print_receipt([Text("next")]).outcome is PrintOutcome.PRINTED
    assert [receipt.text.split("\n")[-1] for receipt in kit.emulator.receipts] == [
        f"[QR {TICKET}]",
        "next",
    ]
