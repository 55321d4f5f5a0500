"""Messages survive the journey whole, and nothing else is taken for one."""

import json
import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.portrait.capture import CaptureState
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.messages import (
    MAX_BLOB_BYTES,
    Configure,
    Deadline,
    Judged,
    KeepFrame,
    Message,
    MessageError,
    Prepared,
    ReportReferences,
    SetReferences,
    SubmitFrame,
    Tick,
    format_message,
    parse_message,
    receive_message,
    send_message,
)
from kiosk.portrait.results import (
    CaptureDone,
    FaceBox,
    GuidanceUpdate,
    MatchDecision,
    Reason,
    ReasonKey,
    ReferenceReport,
    ReferenceState,
)
from kiosk.portrait.tally import Tally
from kiosk.values import (
    HeadMove,
    Hint,
    Liveness,
    LivenessOutcome,
    Measure,
    Reference,
    Score,
)

SCORE = Score(Reference.CHIP, "fused", 7.5, 6.4, (("sface", 0.5), ("dlib_resnet", 0.4)))
MESSAGES: list[Message] = [
    Tick(),
    Configure("models", "fused", 0.0001, PortraitLimits(best_frames=3), LivenessLimits(), ""),
    SetReferences(None, b"\xff\xd8picture", True),
    SetReferences(b"", b"x", False),
    SetReferences(b"chip", None, False, b"live"),
    ReportReferences(),
    SubmitFrame(2, 1, 9, b"abcdef"),
    KeepFrame(2, 1, 9, b"abcdef"),
    Prepared(more=True),
    Judged(None, CaptureState.RUNNING, (3, 9)),
    Judged(
        GuidanceUpdate(
            4,
            Hint.COME_CLOSER,
            FaceBox(0.1, 0.2, 0.3, 0.4),
            0.4,
            (Measure("yaw", 0.1, "eye distances", -0.2, None),),
            17,
            True,
            move=HeadMove.TURN_RIGHT,
        ),
        CaptureState.ENOUGH,
    ),
    CaptureDone(
        4,
        MatchDecision(
            False, (SCORE,), SCORE, Reason(ReasonKey.LOW_SCORE, (("chip", 2.5), ("threshold", 6)))
        ),
        (),
        "fused",
        "00",
        b"frame",
        b"portrait",
        (1, 5, 9),
        0.25,
        liveness=Liveness(
            LivenessOutcome.ALARM,
            "wrong_move",
            (HeadMove.TURN_LEFT, HeadMove.COME_CLOSER),
            (Measure("liveness_moves", 0.5, "of moves", 1.0, None),),
        ),
        references=(ReferenceReport(Reference.RECORD, ReferenceState.POOR),),
        tally=Tally(12, 80.0, None, 900.0, 0.0, 1.5, 2.5),
    ),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_message_comes_out_as_it_went_in(message: Message) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send_message(ours, message, Deadline(5))
        assert receive_message(theirs, Deadline(5)) == message


def test_silence_is_an_error_in_time() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        started = time.monotonic()
        with pytest.raises(MessageError, match="in time"):
            receive_message(ours, Deadline(0.1))
        assert time.monotonic() - started < 5


def test_a_side_that_is_at_work_gets_more_time_but_not_for_ever() -> None:
    ours, theirs = socket.socketpair()
    asked: list[float] = []

    def at_work() -> bool:
        asked.append(time.monotonic())
        return True

    with ours, theirs:
        started = time.monotonic()
        with pytest.raises(MessageError, match="in time"):
            receive_message(ours, Deadline(0.1, at_work, longest_s=0.5))
        assert time.monotonic() - started >= 0.5
        assert asked


def test_half_a_message_is_an_error() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"".join(format_message(Tick()))[:-3])
        ours.close()
        with pytest.raises(MessageError, match="closed"):
            receive_message(theirs, Deadline(5))


def test_too_large_is_refused_before_it_is_sent() -> None:
    with pytest.raises(MessageError, match="too large"):
        format_message(SetReferences(bytes(MAX_BLOB_BYTES + 1), None, False))


def header_of(message: Message) -> dict[str, object]:
    header: dict[str, object] = json.loads(format_message(message)[1])
    return header


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Forget"},
        {"type": "PortraitLimits"},
        {"type": "os.system"},
        {"width": "2"},
        {"width": 2.5},
        {"pixels": {"blob": 7}},
        {"pixels": "abcdef"},
        {"surprise": 1},
    ],
)
def test_wrong_fields_are_refused(change: dict[str, object]) -> None:
    header = header_of(SubmitFrame(2, 1, 9, b"abcdef"))
    message = header["message"]
    assert isinstance(message, dict)
    message.update(change)
    with pytest.raises(MessageError):
        parse_message(json.dumps(header).encode(), b"abcdef")


def test_blob_sizes_must_fit_the_body() -> None:
    header = json.dumps(header_of(SubmitFrame(2, 1, 9, b"abcdef"))).encode()
    with pytest.raises(MessageError):
        parse_message(header, b"abcde")


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("type"), inner),
    ),
    st.binary(max_size=20),
)
def test_any_json_is_refused_and_nothing_else_happens(value: object, body: bytes) -> None:
    header = json.dumps({"message": value, "blobs": [len(body)]}).encode()
    with pytest.raises(MessageError):
        parse_message(header, body)
