"""The challenge as a pure game of sights: what passes, what is a wrong move, what is no face."""

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.portrait.liveness.challenge import (
    Challenge,
    ChallengeState,
    Sight,
    draw_moves,
    overlap,
)
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.values import HeadMove

LEFT, RIGHT, CLOSER = HeadMove.TURN_LEFT, HeadMove.TURN_RIGHT, HeadMove.COME_CLOSER
LIMITS = LivenessLimits()
AHEAD = Sight(0.0, 60.0, (500, 200, 200, 260))
SHOWS = {
    LEFT: Sight(0.4, 50.0, (520, 200, 180, 260)),
    RIGHT: Sight(-0.4, 50.0, (480, 200, 180, 260)),
    CLOSER: Sight(0.0, 85.0, (460, 150, 280, 360)),
}
FRAME_S = 0.1


def play(asked: list[HeadMove], sights: Iterable[Sight | None], alike: float = 0.8) -> Challenge:
    """Show one sight after the other; the face is as alike as said."""
    challenge = Challenge(list(asked), LIMITS, 0.0)
    now_s = 0.0
    for sight in sights:
        now_s += FRAME_S
        challenge.see(sight, now_s)
        if challenge.wants_comparison:
            challenge.compared(alike, now_s)
    return challenge


def moves(*made: HeadMove, frames: int = 4) -> list[Sight | None]:
    """Sights of somebody who makes these moves and looks ahead between them."""
    sights: list[Sight | None] = [AHEAD] * frames
    for move in made:
        sights += [SHOWS[move]] * frames + [AHEAD] * frames
    return sights


@pytest.mark.parametrize("asked", [[LEFT, RIGHT], [RIGHT, LEFT], [CLOSER, LEFT], [RIGHT, CLOSER]])
def test_who_does_what_is_asked_passes(asked: list[HeadMove]) -> None:
    challenge = play(asked, moves(*asked))
    assert challenge.state is ChallengeState.DONE
    assert challenge.done == 2
    assert len(challenge.same_face) == 3
    assert all(reached > 0.3 for reached in challenge.reached)


@pytest.mark.parametrize("asked", [[RIGHT, LEFT], [CLOSER, LEFT], [LEFT, CLOSER], [RIGHT, CLOSER]])
def test_a_recording_of_other_moves_fails_even_when_it_goes_round(asked: list[HeadMove]) -> None:
    recording = moves(LEFT, RIGHT)
    challenge = play(asked, recording * 6)
    assert challenge.state is ChallengeState.WRONG_MOVE


@given(st.permutations([LEFT, RIGHT, CLOSER]), st.permutations([LEFT, RIGHT, CLOSER]))
def test_only_the_moves_in_their_order_pass(asked: list[HeadMove], made: list[HeadMove]) -> None:
    challenge = play(asked[:2], moves(*made))
    assert (challenge.state is ChallengeState.DONE) is (asked[:2] == made[:2])


def test_one_thing_at_a_time_is_asked() -> None:
    challenge = Challenge([LEFT, CLOSER], LIMITS, 0.0)
    assert challenge.asks is None
    challenge.see(AHEAD, 0.1)
    challenge.compared(0.9, 0.1)
    assert challenge.asks is LEFT
    challenge.see(SHOWS[LEFT], 0.2)
    assert challenge.asks is None
    challenge.see(AHEAD, 0.3)
    challenge.compared(0.9, 0.3)
    assert challenge.asks is CLOSER


def test_standing_still_runs_out_of_time() -> None:
    challenge = play([LEFT, RIGHT], [AHEAD] * 80)
    assert challenge.state is ChallengeState.TIMED_OUT
    assert challenge.done == 0


def test_a_face_that_goes_away_is_no_alarm_but_no_pass() -> None:
    challenge = play([LEFT, RIGHT], [*moves(LEFT), *[None] * 20, *moves(RIGHT)])
    assert challenge.state is ChallengeState.FACE_GONE


def test_a_face_that_jumps_is_another_one() -> None:
    elsewhere = Sight(0.0, 60.0, (20, 20, 200, 260))
    assert play([LEFT, RIGHT], [AHEAD, AHEAD, elsewhere]).state is ChallengeState.FACE_JUMPED


def test_another_face_after_a_move_is_an_alarm() -> None:
    challenge = Challenge([LEFT, RIGHT], LIMITS, 0.0)
    now_s = 0.0
    for sight in [*moves(LEFT), *[AHEAD] * 70]:
        now_s += FRAME_S
        challenge.see(sight, now_s)
        if challenge.wants_comparison:
            challenge.compared(0.8 if challenge.done == 0 else 0.2, now_s)
    assert challenge.state is ChallengeState.FACE_CHANGED
    assert min(challenge.same_face) == 0.2


def test_moves_are_drawn_at_random_and_nobody_is_asked_through_the_glass() -> None:
    drawn = {tuple(draw_moves(Random(seed), 2, 0.3, 1.3)) for seed in range(200)}
    assert len(drawn) == 6
    near = {tuple(draw_moves(Random(seed), 2, 0.75, 1.3)) for seed in range(200)}
    assert near == {(LEFT, RIGHT), (RIGHT, LEFT)}


NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
SIGHTS = st.none() | st.builds(
    Sight, NUMBERS, st.floats(0, 1e4), st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
)


@given(st.lists(SIGHTS, max_size=60), st.lists(st.floats(-1, 1), min_size=60, max_size=60))
def test_whatever_is_seen_it_passes_only_with_every_move_and_the_same_face(
    sights: list[Sight | None], alike: list[float]
) -> None:
    challenge = Challenge([LEFT, RIGHT], LIMITS, 0.0)
    for number, sight in enumerate(sights):
        challenge.see(sight, number * FRAME_S)
        if challenge.wants_comparison:
            challenge.compared(alike[number], number * FRAME_S)
    if challenge.state is ChallengeState.DONE:
        assert challenge.done == 2
        assert min(challenge.same_face) >= LIMITS.same_face_min
        assert {s.offset >= LIMITS.turned_min for s in sights if s} == {True, False}


def test_overlap_of_boxes() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1.0
    assert overlap((0, 0, 10, 10), (20, 0, 10, 10)) == 0.0
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 0, 0), (0, 0, 0, 0)) == 0.0
