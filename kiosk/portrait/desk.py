"""What the worker knows and does between two messages: models, references, one capture.

No sockets here and time comes in. Personal data lives in this object only; ``Forget`` drops it.
"""

from pathlib import Path
from random import Random, SystemRandom

import numpy as np

from kiosk.portrait.capture import Capture, CaptureState
from kiosk.portrait.decision import decide, score_against
from kiosk.portrait.embedder import Embedder
from kiosk.portrait.faces import Face, Image, decode_image, encode_jpeg, portrait_crop
from kiosk.portrait.fusion import Models, Template, load_models, self_test
from kiosk.portrait.hint import SteadyHint, choose_hint
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.liveness.check import LivenessCheck
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.liveness.slot import PassiveModel
from kiosk.portrait.messages import (
    Answer,
    BeginCapture,
    Configure,
    Decide,
    Done,
    Forget,
    Judged,
    MessageError,
    Request,
    SetReferences,
    SubmitFrame,
    Tick,
)
from kiosk.portrait.quality import assess_frame, assess_reference
from kiosk.portrait.results import (
    CaptureDone,
    FaceBox,
    GuidanceUpdate,
    MatchDecision,
    Reason,
    ReasonKey,
    ReferenceReport,
    ReferencesReady,
    ReferenceState,
    WorkerFailed,
    WorkerReady,
)
from kiosk.portrait.slots import SlotError
from kiosk.portrait.tally import Counting
from kiosk.values import Hint, LivenessMode, Measure, Reference, Score


class References:
    """The pictures that a live portrait must hold against, looked at once a visit."""

    def __init__(self, models: Models, limits: PortraitLimits, request: SetReferences) -> None:
        self.chip_authenticated = request.chip_authenticated
        self.templates: dict[Reference, Template] = {}
        self.states: dict[Reference, ReferenceState] = {}
        self.reports: list[ReferenceReport] = []
        pictures = {Reference.CHIP: request.chip, Reference.RECORD: request.record}
        for reference, data in pictures.items():
            state, measures, template = _look_at(models, limits, data)
            self.states[reference] = state
            self.reports.append(ReferenceReport(reference, state, measures))
            if template is not None:
                self.templates[reference] = template


def _look_at(
    models: Models, limits: PortraitLimits, data: bytes | None
) -> tuple[ReferenceState, tuple[Measure, ...], Template | None]:
    if data is None:
        return ReferenceState.ABSENT, (), None
    image = decode_image(data)
    if image is None:
        return ReferenceState.UNREADABLE, (), None
    faces = models.detector.find(image)
    if not faces:
        return ReferenceState.NO_FACE, (), None
    template = models.matcher.embed(image, faces[0])
    if template is None:
        return ReferenceState.NO_FACE, (), None
    measures = assess_reference(image, faces[0], limits)
    good = all(measure.ok for measure in measures)
    return (ReferenceState.USABLE if good else ReferenceState.POOR), measures, template


class _Try:
    """One capture with what belongs to it."""

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
        self.embedder = Embedder(models.matcher)
        self.liveness = liveness
        self.counting = Counting()
        self.last_frame_s = now_s


class Desk:
    """Answers each request of the kiosk. ``random`` chooses what the challenge asks for."""

    def __init__(self, random: Random | None = None) -> None:
        self._random = random or SystemRandom()
        self._liveness = LivenessLimits()
        self._passive: PassiveModel | None = None
        self._models: Models | None = None
        self._limits = PortraitLimits()
        self._references: References | None = None
        self._try: _Try | None = None

    def answer(self, request: Request, now_s: float) -> Answer:
        """Do what is asked; MessageError when it was not the time for it."""
        match request:
            case Configure():
                return self._configure(request)
            case SetReferences():
                self._references = References(self._loaded(), self._limits, request)
                return ReferencesReady(tuple(self._references.reports))
            case BeginCapture():
                self._try = _Try(
                    request.capture, self._loaded(), self._limits, self._check(), now_s
                )
                return Done()
            case SubmitFrame():
                return self._judge(request, now_s)
            case Tick():
                return Done() if self._try is None else Judged(None, self._state(None, now_s))
            case Decide():
                return self._decide()
            case Forget():
                self._references = self._try = None
                return Done()

    def work(self) -> bool:
        """Do one small piece of what has piled up; False when there is nothing to do."""
        return self._try is not None and self._try.embedder.step(self._try.capture.kept)

    @property
    def last_frame_s(self) -> float:
        """Return when the newest frame of the running capture came."""
        return self._running().last_frame_s

    def _loaded(self) -> Models:
        if self._models is None:
            raise MessageError("asked before the models were loaded")
        return self._models

    def _running(self) -> _Try:
        if self._try is None:
            raise MessageError("asked while no capture was running")
        return self._try

    def _configure(self, request: Configure) -> Answer:
        self._limits, self._liveness = request.limits, request.liveness
        try:
            self._passive = self._open_passive(Path(request.models))
            self._models = load_models(Path(request.models), request.engine, request.fmr)
            folder = Path(request.self_test)
            said = self_test(self._models, folder) if request.self_test else ""
        except SlotError as error:
            self._models = None
            return WorkerFailed(str(error))
        return WorkerReady(said, 0.0)

    def _judge(self, request: SubmitFrame, now_s: float) -> Judged:
        running = self._running()
        image = _frame_image(request)
        assessment = assess_frame(image, self._loaded().detector, self._limits)
        running.last_frame_s = now_s
        running.counting.add(image, assessment)
        running.capture.add(image, request.number, assessment, now_s)
        face = assessment.face
        state = self._state(None if face is None else (image, face), now_s)
        hint, progress, move = choose_hint(assessment), running.capture.progress, None
        if running.liveness is not None:
            progress, move = running.liveness.progress(progress), running.liveness.asks
            if running.liveness.looking_ahead:
                hint = Hint.FACE_FORWARD
        update = GuidanceUpdate(
            capture=running.number,
            hint=running.hint.show(hint, now_s),
            face=None if assessment.face is None else _box(assessment.face, image),
            progress=progress,
            measures=assessment.measures,
            frame_number=request.number,
            good=assessment.good,
            move=move,
        )
        return Judged(update, state)

    def _check(self) -> LivenessCheck | None:
        if self._liveness.mode is LivenessMode.OFF:
            return None
        return LivenessCheck(self._liveness, self._loaded().matcher, self._passive, self._random)

    def _open_passive(self, models: Path) -> PassiveModel | None:
        name = self._liveness.model
        if self._liveness.mode is LivenessMode.OFF or not name:
            return None
        return PassiveModel(models / name / "model.toml")

    def _state(self, seen: tuple[Image, Face] | None, now_s: float) -> CaptureState:
        """Let time pass; return how far capture and liveness are together."""
        running = self._running()
        state = running.capture.tick(now_s)
        if running.liveness is None or not running.capture.decides:
            return state
        return running.liveness.follow(state, running.capture.kept, seen, now_s)

    def _decide(self) -> CaptureDone:
        running, matcher = self._running(), self._loaded().matcher
        capture = running.capture
        while self.work():
            pass
        best, portrait, frame = capture.best(), b"", b""
        assessment = capture.last if best is None else best.assessment
        if best is not None and best.assessment.face is not None:
            portrait = encode_jpeg(portrait_crop(best.image, best.assessment.face))
            frame = encode_jpeg(best.image, 85)
        done = CaptureDone(
            capture=running.number,
            decision=self._compare(running),
            measures=() if assessment is None else assessment.measures,
            model=matcher.name,
            model_sha256=matcher.sha256,
            best_frame=frame,
            portrait=portrait,
            frame_numbers=tuple(candidate.number for candidate in capture.kept),
            decision_s=0.0,
            liveness=None if running.liveness is None else running.liveness.report(capture.kept),
            references=() if self._references is None else tuple(self._references.reports),
            tally=running.counting.tally(self._frame_scores(running)),
        )
        self._try = None
        return done

    def _frame_scores(self, running: _Try) -> list[float]:
        """Return each frame's score against its weakest reference: how steady the score is."""
        if self._references is None or not self._references.templates:
            return []
        matcher, known = self._loaded().matcher, self._references.templates.values()
        return [
            min(matcher.compare(template, reference).score for reference in known)
            for template in running.embedder.templates()
        ]

    def _compare(self, running: _Try) -> MatchDecision:
        matcher, references = self._loaded().matcher, self._references
        templates = running.embedder.templates()
        if not running.capture.decides or not templates:
            return MatchDecision(False, (), None, running.capture.failure())
        alike = [matcher.compare(templates[0], other).score for other in templates[1:]]
        if any(score < matcher.threshold for score in alike):
            figures = (("lowest", min(alike)), ("threshold", matcher.threshold))
            return MatchDecision(False, (), None, Reason(ReasonKey.FACE_CHANGED, figures))
        if references is None:
            return MatchDecision(False, (), None, Reason(ReasonKey.NO_REFERENCE))
        live = matcher.mean(templates)
        known = references.templates
        scores = tuple(score_against(matcher, live, name, known[name]) for name in known)
        between: Score | None = None
        if len(known) == len(Reference):
            between = score_against(
                matcher, known[Reference.CHIP], Reference.RECORD, known[Reference.RECORD]
            )
        return decide(
            scores, between, references.states, chip_authenticated=references.chip_authenticated
        )


def _frame_image(request: SubmitFrame) -> Image:
    shape = (request.height, request.width, 3)
    if min(shape) < 1 or len(request.pixels) != request.height * request.width * 3:
        raise MessageError(f"frame of {len(request.pixels)} bytes is not {shape}")
    return np.frombuffer(request.pixels, np.uint8).reshape(shape)


def _box(face: Face, image: Image) -> FaceBox:
    height, width = image.shape[:2]
    left, right = max(0.0, face.x / width), min(1.0, (face.x + face.width) / width)
    top, bottom = max(0.0, face.y / height), min(1.0, (face.y + face.height) / height)
    return FaceBox(left, top, max(0.0, right - left), max(0.0, bottom - top))
