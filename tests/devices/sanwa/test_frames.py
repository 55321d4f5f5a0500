"""The codec alone: published frames, any pieces, any bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.sanwa_crp1231.frames import MAX_DATA, Control, Damaged, Frame, FrameParser

frames = st.builds(
    Frame, st.integers(0, 255), st.binary(min_size=3, max_size=3), st.binary(max_size=MAX_DATA)
)
quiet_noise = st.binary(max_size=20).map(
    lambda noise: bytes(byte for byte in noise if byte not in (0x02, 0x05, 0x06, 0x15))
)


def test_frames_as_they_stand_on_the_wire() -> None:
    assert Frame(0x20).to_bytes().hex() == "0206200000000325"
    assert Frame(0x33, data=b"200").to_bytes().hex() == "02093300000032303003" + "0b"
    assert FrameParser().feed(bytes.fromhex("020620313033" + "03" + "17")) == [
        Frame(0x20, b"\x31\x30\x33")
    ]


@given(st.lists(st.tuples(quiet_noise, frames), min_size=1, max_size=4), st.integers(1, 50))
def test_frames_come_out_of_any_pieces_with_noise_between(
    sent: list[tuple[bytes, Frame]], piece: int
) -> None:
    line = b"".join(noise + frame.to_bytes() for noise, frame in sent)
    parser = FrameParser()
    tokens = [t for at in range(0, len(line), piece) for t in parser.feed(line[at : at + piece])]
    assert tokens == [frame for _, frame in sent]


@given(st.binary(max_size=2000))
def test_any_bytes_give_tokens_and_a_bounded_buffer(data: bytes) -> None:
    parser = FrameParser()
    for token in parser.feed(data):
        assert isinstance(token, Control | Frame | Damaged)
    assert len(parser._buffer) <= 257
    parser.give_up()
    assert len(parser._buffer) == 0


@given(frames, st.data())
def test_one_spoilt_bit_is_never_taken_for_the_frame(frame: Frame, data: st.DataObject) -> None:
    line = bytearray(frame.to_bytes())
    bit = data.draw(st.integers(0, len(line) * 8 - 1))
    line[bit // 8] ^= 1 << bit % 8
    assert frame not in FrameParser().feed(bytes(line))


@given(st.binary(min_size=1, max_size=40), frames)
def test_good_frame_is_found_soon_after_any_noise(noise: bytes, frame: Frame) -> None:
    parser = FrameParser()
    tokens = parser.feed(noise) + parser.feed(frame.to_bytes())
    assert frame in [*tokens, *parser.give_up()]


def test_too_much_data_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Frame(0x7C, data=bytes(MAX_DATA + 1)).to_bytes()
