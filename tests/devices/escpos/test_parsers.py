"""The parsers against any bytes: bounded, no exception, the same in any pieces."""

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.escpos_receipt import ReceiptStyle, build_receipt, interpret
from devices.escpos_receipt.commands import Command, CommandSplitter, TextRun, Token
from devices.escpos_receipt.interpreter import Interpreter
from devices.escpos_receipt.status_bytes import is_in_order_answer, is_status, judge
from devices.interfaces import QrCode, Row, Text
from devices.status import Faulted, Ready, Trouble

RECEIPT = build_receipt([Text("Ticket"), Row("号", "42"), QrCode("T-42")], ReceiptStyle())


def _merged(tokens: list[Token]) -> list[Token]:
    merged: list[Token] = []
    for token in tokens:
        if isinstance(token, TextRun) and merged and isinstance(merged[-1], TextRun):
            merged[-1] = TextRun(merged[-1].text + token.text)
        else:
            merged.append(token)
    return merged


@given(st.lists(st.integers(1, 40), max_size=60))
def test_any_pieces_give_the_same_commands(sizes: list[int]) -> None:
    splitter, tokens, at = CommandSplitter(), [], 0
    for size in sizes:
        tokens += splitter.feed(RECEIPT[at : at + size])
        at += size
    tokens += splitter.feed(RECEIPT[at:])
    assert _merged(tokens) == _merged(CommandSplitter().feed(RECEIPT))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_carried_out_or_listed(data: bytes) -> None:
    for receipt in interpret(data):
        assert receipt.dots.shape[1] == 576


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([67, 69, 80, 81, 49, 0]), st.binary(max_size=30), st.booleans())
def test_broken_qr_commands_do_not_stop_the_printer(
    function: int, value: bytes, too_much: bool
) -> None:
    interpreter = Interpreter()
    value += b"x" * 8000 if too_much else b""
    interpreter.carry_out(Command(b"\x1d(", b"k\x00\x001" + bytes((function,)) + value))
    interpreter.carry_out(Command(b"\x1d(", b"k\x03\x001Q0"))
    interpreter.carry_out(TextRun("after\n"))
    rest = interpreter.tear_off()
    assert rest is not None
    assert "after" in rest.text


def test_published_example_of_a_printer_without_paper() -> None:
    answers = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}
    assert all(is_status(byte) for byte in answers.values())
    assert judge(answers) == Faulted(Trouble.PAPER_OUT, "no paper")
    assert judge(dict.fromkeys((1, 2, 3, 4), 0x12)) == Ready()


@given(st.integers(0, 255))
def test_no_byte_is_both_status_and_in_order_answer(byte: int) -> None:
    assert not (is_status(byte) and is_in_order_answer(byte))
