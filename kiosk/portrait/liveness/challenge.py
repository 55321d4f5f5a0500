"""The active challenge: random moves asked one at a time, measured from landmarks. Pure.

A turn is read from the nose against the middle of the eyes: turning a flat picture moves both
alike, so only a head that has depth makes one. A recording of the same moves passes; that it
must be the same ones in the same order is what the random choice is for. Therefore a move that
was not asked ends the challenge, or a recording would only have to go round.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from kiosk.portrait.faces import Face
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.pose import nose_offset
from kiosk.values import HeadMove

_ROOM_MAX = 0.9
"""A face may take this share of the frame's short side when it has come closer."""
_LATE_S = 0.5
"""Between frames further apart than this a face may have moved anywhere."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Sight:
    """What one frame shows of the face: pose, size and place; left is the picture's left."""

    offset: float
    eye_distance: float
    box: Box


def sight_of(face: Face) -> Sight:
    """Measure a face that was found in the whole picture, as the limits were measured."""
    return Sight(nose_offset(face), face.eye_distance, (face.x, face.y, face.width, face.height))


class ChallengeState(StrEnum):
    """How a challenge stands or ended."""

    RUNNING = "running"
    DONE = "done"
    TIMED_OUT = "timed_out"
    FACE_GONE = "face_gone"
    FACE_JUMPED = "face_jumped"
    FACE_CHANGED = "face_changed"
    WRONG_MOVE = "wrong_move"


def draw_moves(random: Random, count: int, face_share: float, closer_min: float) -> list[HeadMove]:
    """Choose different moves; who stands too near to come closer is asked for turns only.

    ``face_share`` is the face's width against the frame's short side.
    """
    possible = [HeadMove.TURN_LEFT, HeadMove.TURN_RIGHT]
    if face_share * closer_min <= _ROOM_MAX:
        possible.append(HeadMove.COME_CLOSER)
    return random.sample(possible, min(count, len(possible)))


@dataclass(slots=True)
class Challenge:
    """Feed it what each frame shows; read what to ask, and how it ended.

    Between moves the resident looks straight ahead, and there the face is compared with the
    kept frames: ``wants_comparison`` asks for it, ``compared`` answers.
    """

    moves: list[HeadMove]
    limits: LivenessLimits
    started_s: float
    state: ChallengeState = ChallengeState.RUNNING
    done: int = 0
    same_face: list[float] = field(default_factory=list)
    reached: list[float] = field(default_factory=list)
    wants_comparison: bool = False
    ended_s: float = 0.0
    _moving: bool = False
    _since_s: float = 0.0
    _eyes: float = 0.0
    _last: Sight | None = None
    _last_s: float = 0.0
    _alike: float | None = None

    def __post_init__(self) -> None:
        """Start all clocks."""
        self._since_s = self._last_s = self.ended_s = self.started_s

    @property
    def asks(self) -> HeadMove | None:
        """Return the move to make now; None while looking straight ahead is asked."""
        return self.moves[self.done] if self._moving else None

    def see(self, sight: Sight | None, now_s: float) -> None:
        """Take what a frame shows; None for no face, or for no frame."""
        self.wants_comparison = False
        if self.state is not ChallengeState.RUNNING:
            return
        if now_s - self._since_s > self.limits.move_within_s:
            changed = not self._moving and self._alike is not None
            self._end(ChallengeState.FACE_CHANGED if changed else ChallengeState.TIMED_OUT, now_s)
        elif sight is None:
            if now_s - self._last_s > self.limits.face_gone_max_s:
                self._end(ChallengeState.FACE_GONE, now_s)
        elif self._jumped(sight, now_s):
            self._end(ChallengeState.FACE_JUMPED, now_s)
        else:
            self._last, self._last_s = sight, now_s
            self._follow(sight, now_s)

    def compared(self, alike: float, now_s: float) -> None:
        """Take how alike this frame's face and the kept frames' are; go on when enough."""
        if self.state is not ChallengeState.RUNNING or self._moving:
            return
        self._alike = alike
        if alike < self.limits.same_face_min:
            return  # another frame may be a better one; the time for it is short
        self._alike = None
        self.same_face.append(alike)
        if self.done == len(self.moves):
            self._end(ChallengeState.DONE, now_s)
        else:
            self._ask(now_s)

    def _follow(self, sight: Sight, now_s: float) -> None:
        if not self._moving:
            if abs(sight.offset) <= self.limits.frontal_max:
                self._eyes = sight.eye_distance
                self.wants_comparison = True
            return
        made = self._made(sight)
        if made is None:
            return
        if made is not self.moves[self.done]:
            self._end(ChallengeState.WRONG_MOVE, now_s)
            return
        closer = made is HeadMove.COME_CLOSER
        self.reached.append(sight.eye_distance / self._eyes if closer else abs(sight.offset))
        self.done += 1
        self._moving, self._since_s = False, now_s

    def _made(self, sight: Sight) -> HeadMove | None:
        """Return the move that this frame shows. The frame is no mirror: left goes right."""
        if sight.offset >= self.limits.turned_min:
            return HeadMove.TURN_LEFT
        if sight.offset <= -self.limits.turned_min:
            return HeadMove.TURN_RIGHT
        frontal = abs(sight.offset) <= self.limits.frontal_max
        near = sight.eye_distance >= self._eyes * self.limits.closer_min
        return HeadMove.COME_CLOSER if frontal and near else None

    def _jumped(self, sight: Sight, now_s: float) -> bool:
        if self._last is None or now_s - self._last_s > _LATE_S:
            return False
        return overlap(self._last.box, sight.box) < self.limits.overlap_min

    def _ask(self, now_s: float) -> None:
        self._moving, self._since_s = True, now_s

    def _end(self, state: ChallengeState, now_s: float) -> None:
        if state is ChallengeState.FACE_CHANGED and self._alike is not None:
            self.same_face.append(self._alike)
        self.state, self.ended_s, self._moving = state, now_s, False


def overlap(one: Box, other: Box) -> float:
    """Return the share of two boxes' union that both cover."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    common = max(0.0, across) * max(0.0, down)
    union = one[2] * one[3] + other[2] * other[3] - common
    return common / union if union > 0 else 0.0
