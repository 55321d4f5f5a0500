"""One capture's liveness: the challenge after the good frames, and the passive grade of them.

It grades; whether a person must look follows from the mode, outside the worker.
"""

from dataclasses import dataclass, field
from random import Random

from kiosk.portrait.capture import Candidate, CaptureState
from kiosk.portrait.engines import Engine, embed
from kiosk.portrait.faces import Face, Image
from kiosk.portrait.fusion import Matcher
from kiosk.portrait.likeness import Embedding
from kiosk.portrait.liveness.challenge import Challenge, ChallengeState, draw_moves, sight_of
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.liveness.same_face import SFACE
from kiosk.portrait.liveness.slot import PassiveModel
from kiosk.values import HeadMove, Liveness, LivenessOutcome, Measure

_ALARMS = (
    ChallengeState.FACE_JUMPED,
    ChallengeState.FACE_CHANGED,
    ChallengeState.WRONG_MOVE,
)
PASSIVE_LOW = "passive_low"
PASSIVE_MISSING = "passive_missing"


@dataclass(slots=True)
class LivenessCheck:
    """Follows one capture; with ``passive`` None only the challenge grades.

    ``limits`` fit the matcher (``same_face.fit_same_face``).
    """

    limits: LivenessLimits
    matcher: Matcher
    passive: PassiveModel | None
    random: Random
    challenge: Challenge | None = None
    _known: list[Embedding] = field(default_factory=list)

    @property
    def asks(self) -> HeadMove | None:
        """Return the move to show now, None for none."""
        return None if self.challenge is None else self.challenge.asks

    @property
    def looking_ahead(self) -> bool:
        """Say whether the challenge waits for a look straight ahead."""
        running = self.challenge is not None and self.challenge.state is ChallengeState.RUNNING
        return running and self.asks is None

    def progress(self, captured: float) -> float:
        """Return 0..1 of frames and moves together."""
        done = 0 if self.challenge is None else self.challenge.done
        over = self.challenge is not None and self.challenge.state is not ChallengeState.RUNNING
        moves = max(1, self.limits.moves)
        return 1.0 if over else min(0.99, (captured + done) / (1 + moves))

    def follow(
        self,
        state: CaptureState,
        kept: list[Candidate],
        seen: tuple[Image, Face] | None,
        now_s: float,
    ) -> CaptureState:
        """Take the capture's state and what the frame shows; return the state of both.

        The challenge begins once enough good frames are there and ends before the decision.
        """
        faces = [(c.image, c.assessment.face) for c in kept if c.assessment.face is not None]
        if state is CaptureState.RUNNING or not faces:
            return state
        if self.challenge is None:
            self.challenge = self._begin(faces, now_s)
        self.challenge.see(None if seen is None else sight_of(seen[1]), now_s)
        if self.challenge.wants_comparison and seen is not None:
            alike = self._alike(faces, seen)
            if alike is not None:
                self.challenge.compared(alike, now_s)
        return CaptureState.RUNNING if self.challenge.state is ChallengeState.RUNNING else state

    def report(self, kept: list[Candidate]) -> Liveness | None:
        """Grade the whole; None when there was no challenge to grade."""
        challenge = self.challenge
        if challenge is None:
            return None
        measures = [
            Measure("liveness_moves", challenge.done / len(challenge.moves), "of moves", 1.0, None),
            Measure("liveness_time", challenge.ended_s - challenge.started_s, "s", None, None),
        ]
        if challenge.same_face:
            lowest = min(challenge.same_face)
            limit = challenge.limits.same_face_min
            measures.append(Measure("liveness_same_face", lowest, "score", limit, None))
        outcome, why = LivenessOutcome.PASSED, ""
        if challenge.state is not ChallengeState.DONE:
            alarm = challenge.state in _ALARMS
            outcome = LivenessOutcome.ALARM if alarm else LivenessOutcome.UNDETERMINED
            why = challenge.state.value
        if self.passive is not None:
            scores = [
                self.passive.score(c.image, c.assessment.face)
                for c in kept
                if c.assessment.face is not None
            ]
            score = sum(scores) / len(scores) if scores else 0.0
            threshold = self.passive.threshold
            measures.append(Measure("liveness_passive", score, "score", threshold, None))
            if not scores and outcome is LivenessOutcome.PASSED:
                outcome, why = LivenessOutcome.UNDETERMINED, PASSIVE_MISSING
            elif score < threshold and outcome is not LivenessOutcome.ALARM:
                outcome, why = LivenessOutcome.ALARM, PASSIVE_LOW
        return Liveness(
            outcome=outcome,
            why=why,
            moves=tuple(challenge.moves),
            measures=tuple(measures),
            model="" if self.passive is None else self.passive.name,
            model_sha256="" if self.passive is None else self.passive.sha256,
        )

    def _begin(self, faces: list[tuple[Image, Face]], now_s: float) -> Challenge:
        image, face = faces[-1]
        share = face.width / min(image.shape[:2])
        moves = draw_moves(self.random, self.limits.moves, share, self.limits.closer_min)
        return Challenge(moves, self.limits, now_s)

    def _alike(self, faces: list[tuple[Image, Face]], seen: tuple[Image, Face]) -> float | None:
        """Compare this frame's face with the kept frames', by one engine: it is the quick one."""
        engine = self._engine()
        if not self._known:
            first = embed(engine, *faces[0])
            if first is None:
                return None
            self._known.append(first)
        now = embed(engine, *seen)
        if now is None:
            return None
        value = engine.compare(self._known[0], now)
        return -value if engine.slot.metric == "euclidean" else value

    def _engine(self) -> Engine:
        engines = self.matcher.engines
        return engines.get(SFACE) or next(iter(engines.values()))
