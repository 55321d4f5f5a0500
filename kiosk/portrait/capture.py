"""Collecting frames until the best N good ones are there or time is up. Pure: time comes in.

The time of a capture runs from its first call to its last; at first it lets the resident take
off mask and glasses. Frames of one moment are nearly one picture, so only the best frame of each
interval is kept. Whoever leaves takes their frames with them.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.portrait.criteria import first_failing
from kiosk.portrait.faces import Image
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.quality import DETECTOR_SCORE, GOOD_FRAMES, Assessment, rank
from kiosk.portrait.results import Reason, ReasonKey
from kiosk.values import Measure

_SEEN_AT_LEAST = 2
"""In so many frames more was seen: how the face looked there says why it is lost or doubted."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A good frame that may take part in the comparison."""

    image: Image
    number: int
    assessment: Assessment
    rank: float


class CaptureState(StrEnum):
    """How far a capture is."""

    RUNNING = "running"
    ENOUGH = "enough"
    TIMED_OUT = "timed_out"


@dataclass(slots=True)
class Capture:
    """One try: feed it every judged frame and the time, read state, progress and candidates."""

    limits: PortraitLimits
    started_s: float
    kept: list[Candidate] = field(default_factory=list)
    last: Assessment | None = None
    frames: int = 0
    departures: int = 0
    _alone_since_s: float | None = None
    _waiting: Candidate | None = None
    _interval_ends_s: float = 0.0
    _failures: Counter[ReasonKey] = field(default_factory=Counter)
    _measured: dict[ReasonKey, list[Measure]] = field(default_factory=dict)
    _doubted: int = 0  # of the failures: nothing is wrong but that the detector is not sure
    _state: CaptureState = CaptureState.RUNNING

    def add(self, image: Image, number: int, assessment: Assessment, now_s: float) -> None:
        """Take a judged frame; keeps the best of each interval."""
        if self.tick(now_s) is not CaptureState.RUNNING or self.prepares(now_s):
            return
        self.frames += 1
        self.last = assessment
        self._watch_leaving(assessment, now_s)
        failing = first_failing(assessment)
        if failing is not None:
            self._failures[failing.reason] += 1
            if failing.measure is not None:
                self._measured.setdefault(failing.reason, []).append(failing.measure)
            self._doubted += assessment.failed() == (DETECTOR_SCORE,)
            return
        if not assessment.comparable:
            return
        candidate = Candidate(image, number, assessment, rank(assessment, self.limits))
        if self._waiting is None:
            self._waiting = candidate
            self._interval_ends_s = now_s + self.limits.frame_interval_s
        elif candidate.rank > self._waiting.rank:
            self._waiting = candidate

    def keep(self, image: Image, number: int, assessment: Assessment) -> None:
        """Take a frame as kept: it was chosen in the worker before this one."""
        self.frames += 1
        self.last = assessment
        self.kept.append(Candidate(image, number, assessment, rank(assessment, self.limits)))

    @property
    def chosen(self) -> tuple[int, ...]:
        """Return the numbers of the frames kept and of the one that may be next."""
        waiting = () if self._waiting is None else (self._waiting,)
        return tuple(candidate.number for candidate in (*self.kept, *waiting))

    def tick(self, now_s: float) -> CaptureState:
        """Let time pass; return the state."""
        if self._state is not CaptureState.RUNNING:
            return self._state
        longest_s = self.limits.prepare_s + self.limits.capture_timeout_s
        timed_out = now_s - self.started_s >= longest_s
        if self._waiting is not None and (timed_out or now_s >= self._interval_ends_s):
            self.kept.append(self._waiting)
            self._waiting = None
        if len(self.kept) >= self.limits.best_frames:
            self._state = CaptureState.ENOUGH
        elif timed_out:
            self._state = CaptureState.TIMED_OUT
        return self._state

    def prepares(self, now_s: float) -> bool:
        """Say whether the resident still has time to take off mask and glasses."""
        return now_s - self.started_s < self.limits.prepare_s

    @property
    def progress(self) -> float:
        """Return 0..1 of the wanted good frames."""
        return min(1.0, len(self.kept) / self.limits.best_frames)

    @property
    def decides(self) -> bool:
        """Say whether there are enough good frames for a comparison to mean something."""
        return len(self.kept) >= min(self.limits.fewest_frames, self.limits.best_frames)

    def best(self) -> Candidate | None:
        """Return the best kept frame."""
        return max(self.kept, key=lambda candidate: candidate.rank, default=None)

    def measures(self) -> tuple[Measure, ...]:
        """Return what was measured of the capture as a whole."""
        fewest = min(self.limits.fewest_frames, self.limits.best_frames)
        return (Measure(GOOD_FRAMES, len(self.kept), "frames", fewest, None),)

    def failure(self) -> Reason:
        """Say what kept most frames from being good."""
        if not self.frames:
            return Reason(ReasonKey.NO_FRAMES)
        common = self._failures.most_common(2)
        if not common:
            return Reason(ReasonKey.NO_FRAMES, (("frames", float(self.frames)),))
        key, count = common[0]
        if key is ReasonKey.NO_FACE and self.departures:
            key = ReasonKey.LEFT
        elif self._says_little(key) and len(common) > 1 and common[1][1] >= _SEEN_AT_LEAST:
            key, count = common[1]
        counts = (("frames", float(self.frames)), ("failed", float(count)))
        return Reason(key, (*counts, *self._figures(key)))

    def _figures(self, key: ReasonKey) -> tuple[tuple[str, float], ...]:
        """Return the median of what was mostly measured where a key was told, and its limit."""
        measured = self._measured.get(key, [])
        if not measured:
            return ()
        ((name, _),) = Counter(measure.name for measure in measured).most_common(1)
        of_name = [measure for measure in measured if measure.name == name]
        middle = sorted(of_name, key=lambda measure: measure.value)[len(of_name) // 2]
        limit = middle.beyond
        return ((name, middle.value), *(() if limit is None else (("limit", limit),)))

    def _says_little(self, key: ReasonKey) -> bool:
        """Say whether a face was not found, or only doubted, in most of the frames of a key."""
        doubted = key is ReasonKey.COVERED and 2 * self._doubted > self._failures[key]
        return key is ReasonKey.NO_FACE or doubted

    def _watch_leaving(self, assessment: Assessment, now_s: float) -> None:
        """Drop what was kept when nobody was there for a while: the next may be another."""
        if assessment.face is not None:
            self._alone_since_s = None
            return
        if self._alone_since_s is None:
            self._alone_since_s = now_s
        gone = now_s - self._alone_since_s >= self.limits.left_s
        if gone and (self.kept or self._waiting is not None):
            self.kept.clear()
            self._waiting = None
            self.departures += 1
