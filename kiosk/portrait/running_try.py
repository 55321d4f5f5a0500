"""One capture while it runs: each frame goes to all that watch it. Time comes in."""

from kiosk.portrait.background import BackgroundWatch
from kiosk.portrait.capture import Capture, CaptureState
from kiosk.portrait.embedder import Embedder
from kiosk.portrait.exposure import Exposure
from kiosk.portrait.faces import Image
from kiosk.portrait.fusion import Models
from kiosk.portrait.hint import SteadyHint, choose_hint
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.liveness.check import LivenessCheck
from kiosk.portrait.quality import Assessment, assess
from kiosk.portrait.shade import ShadeWatch
from kiosk.portrait.tally import Counting
from kiosk.portrait.tracking import FaceTracker, search
from kiosk.values import HeadMove, Hint


class Try:
    """One capture with everything that watches its frames."""

    def __init__(
        self,
        number: int,
        models: Models,
        limits: PortraitLimits,
        liveness: LivenessCheck | None,
        now_s: float,
    ) -> None:
        self.number = number
        self.capture = Capture(limits, now_s)
        self.hint = SteadyHint(limits.hint_stable_s)
        self.liveness = liveness
        self.counting = Counting()
        self.last_frame_s = now_s
        self.exposure = Exposure(limits)
        self._models, self._limits = models, limits
        self._tracker = FaceTracker(models.detector)
        self._shade = ShadeWatch(models.detector.find, limits)
        self._background = BackgroundWatch()
        self._embedder, self._departures = Embedder(models.matcher), 0

    @property
    def embedder(self) -> Embedder:
        """Return what embeds the frames of whoever is there now; who left is forgotten."""
        if self._departures != self.capture.departures:
            self._departures = self.capture.departures
            self._embedder = Embedder(self._models.matcher)
        return self._embedder

    def judge(self, image: Image, number: int, now_s: float) -> Assessment:
        """Look at a frame, judge it, and let the capture have it."""
        if self.liveness is not None and self.liveness.challenge is not None:
            sighting = search(image, self._models.detector)  # each frame of a move counts
        else:
            sighting = self._tracker.look(image)
        sighting = self._shade.look(image, sighting, now_s)
        face = sighting.faces[0] if sighting.faces else None
        motion = self._background.motion(image, face, now_s)
        assessment = assess(image, sighting, self._limits, motion)
        self.last_frame_s = now_s
        self.exposure.add(assessment, now_s)
        self.counting.add(image, assessment)
        self.capture.add(image, number, assessment, now_s)
        return assessment

    def keep(self, image: Image, number: int, now_s: float) -> None:
        """Take a frame that the worker before this one had kept."""
        assessment = assess(image, search(image, self._models.detector), self._limits)
        if assessment.face is None:
            return  # it would be another picture than the one that was kept
        self.last_frame_s = now_s
        self.exposure.add(assessment, now_s)
        self.counting.add(image, assessment)
        self.capture.keep(image, number, assessment)

    def follow(
        self, image: Image | None, assessment: Assessment | None, now_s: float
    ) -> CaptureState:
        """Let time pass, with a frame or without; return how far capture and liveness are."""
        state = self.capture.tick(now_s)
        if self.liveness is None or not self.capture.decides:
            return state
        seen = None
        if image is not None and assessment is not None and assessment.comparable:
            seen = None if assessment.face is None else (image, assessment.face)
        return self.liveness.follow(state, self.capture.kept, seen, now_s)

    @property
    def progress(self) -> float:
        """Return 0..1 of frames and moves together."""
        frames = self.capture.progress
        return frames if self.liveness is None else self.liveness.progress(frames)

    @property
    def move(self) -> HeadMove | None:
        """Return the move to ask for now, None for none."""
        return None if self.liveness is None else self.liveness.asks

    def hint_for(self, assessment: Assessment, now_s: float) -> Hint:
        """Return the hint to show: first what to take off, then what helps most."""
        hint = choose_hint(assessment)
        if self.liveness is not None and self.liveness.looking_ahead:
            hint = Hint.FACE_FORWARD
        elif self.capture.prepares(now_s):
            hint = Hint.TAKE_OFF
        return self.hint.show(hint, now_s)
