"""What the worker knows and does between two messages: models, references, one capture.

No sockets here and time comes in. Personal data lives in this object only; ``Forget`` drops it.
"""

from pathlib import Path
from random import Random, SystemRandom

import numpy as np

from kiosk.portrait.decision import decide, score_against
from kiosk.portrait.encoded import encode_jpeg
from kiosk.portrait.eyes import eyes_in_portrait
from kiosk.portrait.faces import Face, Image, portrait_crop
from kiosk.portrait.fusion import Models, Template, load_models
from kiosk.portrait.limits import PortraitLimits
from kiosk.portrait.liveness.check import LivenessCheck
from kiosk.portrait.liveness.limits import LivenessLimits
from kiosk.portrait.liveness.same_face import fit_same_face
from kiosk.portrait.liveness.slot import PassiveModel
from kiosk.portrait.messages import (
    Answer,
    BeginCapture,
    Configure,
    Decide,
    Done,
    Forget,
    Judged,
    KeepFrame,
    MessageError,
    Prepare,
    Prepared,
    ReportReferences,
    Request,
    SetReferences,
    SubmitFrame,
    Tick,
)
from kiosk.portrait.quality import SAME_FACE
from kiosk.portrait.references import References
from kiosk.portrait.results import (
    CaptureDone,
    FaceBox,
    GuidanceUpdate,
    MatchDecision,
    Reason,
    ReasonKey,
    ReferencesReady,
    WorkerFailed,
    WorkerReady,
)
from kiosk.portrait.running_try import Try
from kiosk.portrait.self_test import self_test
from kiosk.portrait.slots import SlotError
from kiosk.values import LivenessMode, Measure, Reference, Score


class Desk:
    """Answers each request of the kiosk. ``random`` chooses what the challenge asks for."""

    def __init__(self, random: Random | None = None) -> None:
        self._random = random or SystemRandom()
        self._liveness = LivenessLimits()
        self._passive: PassiveModel | None = None
        self._models: Models | None = None
        self._limits = PortraitLimits()
        self._references: References | None = None
        self._try: Try | None = None

    def answer(self, request: Request, now_s: float) -> Answer:
        """Do what is asked; MessageError when it was not the time for it."""
        match request:
            case Configure():
                return self._configure(request)
            case SetReferences():
                self._references = References(self._loaded(), self._limits, request)
                return Done()
            case ReportReferences():
                return self._report()
            case BeginCapture():
                self._try = Try(request.capture, self._loaded(), self._limits, self._check(), now_s)
                return Done()
            case Prepare():
                return Prepared(self._prepare())
            case Forget():
                self._references = self._try = None
                return Done()
            case _:
                return self._go_on(request, now_s)

    def _go_on(self, request: SubmitFrame | KeepFrame | Tick | Decide, now_s: float) -> Answer:
        """Do what is asked of the running try."""
        match request:
            case SubmitFrame():
                return self._judge(request, now_s)
            case KeepFrame():
                self._running().keep(_frame_image(request), request.number, now_s)
                return Done()
            case Tick():
                return self._tick(now_s)
            case Decide():
                return self._decide()

    def _tick(self, now_s: float) -> Answer:
        if self._try is None:
            return Done()
        state = self._try.follow(None, None, now_s)
        return Judged(None, state, self._try.capture.chosen)

    def _report(self) -> ReferencesReady:
        if self._references is None:
            raise MessageError("asked for references that were not given")
        while self._references.step():
            pass
        return ReferencesReady(tuple(self._references.reports))

    def _prepare(self) -> bool:
        """Do one piece, of the references first; False when there is nothing to do."""
        return (self._references is not None and self._references.step()) or self.work()

    def work(self) -> bool:
        """Do one small piece of the comparison; False when there is nothing to do."""
        return self._try is not None and self._try.embedder.step(self._try.capture.kept)

    @property
    def last_frame_s(self) -> float:
        """Return when the newest frame of the running capture came."""
        return self._running().last_frame_s

    def _loaded(self) -> Models:
        if self._models is None:
            raise MessageError("asked before the models were loaded")
        return self._models

    def _running(self) -> Try:
        if self._try is None:
            raise MessageError("asked while no capture was running")
        return self._try

    def _configure(self, request: Configure) -> Answer:
        self._limits, self._liveness = request.limits, request.liveness
        try:
            self._passive = self._open_passive(Path(request.models))
            self._models = load_models(Path(request.models), request.engine, request.fmr)
            folder = Path(request.self_test)
            networks = [engine.slot for engine in self._models.matcher.engines.values()]
            self._liveness = fit_same_face(request.liveness, networks)
            said = self_test(self._models, folder) if request.self_test else ""
        except SlotError as error:
            self._models = None
            return WorkerFailed(str(error))
        return WorkerReady(said, 0.0)

    def _judge(self, request: SubmitFrame, now_s: float) -> Judged:
        running = self._running()
        image = _frame_image(request)
        assessment = running.judge(image, request.number, now_s)
        state = running.follow(image, assessment, now_s)
        update = GuidanceUpdate(
            capture=running.number,
            hint=running.hint_for(assessment, now_s),
            face=None if assessment.face is None else _box(assessment.face, image),
            progress=running.progress,
            measures=assessment.measures,
            frame_number=request.number,
            good=assessment.good,
            light=running.exposure.state,
            move=running.move,
            lamp=running.exposure.lamp,
        )
        return Judged(update, state, running.capture.chosen)

    def _check(self) -> LivenessCheck | None:
        if self._liveness.mode is LivenessMode.OFF:
            return None
        return LivenessCheck(self._liveness, self._loaded().matcher, self._passive, self._random)

    def _open_passive(self, models: Path) -> PassiveModel | None:
        name = self._liveness.model
        if self._liveness.mode is LivenessMode.OFF or not name:
            return None
        return PassiveModel(models / name / "model.toml")

    def _decide(self) -> CaptureDone:
        running, matcher = self._running(), self._loaded().matcher
        capture = running.capture
        while self._prepare():
            pass
        best, portrait, frame, eyes = capture.best(), b"", b"", None
        assessment = capture.last if best is None else best.assessment
        if best is not None and best.assessment.face is not None:
            portrait = encode_jpeg(portrait_crop(best.image, best.assessment.face))
            near = self._loaded().detector.refine(best.image, best.assessment.face)
            eyes = eyes_in_portrait(near, best.image)
            frame = encode_jpeg(best.image, 85)
        decision, same_face = self._compare(running)
        whole = (*capture.measures(), *running.exposure.measures(), *same_face)
        done = CaptureDone(
            capture=running.number,
            decision=decision,
            measures=(*(() if assessment is None else assessment.measures), *whole),
            model=matcher.name,
            model_sha256=matcher.sha256,
            best_frame=frame,
            portrait=portrait,
            frame_numbers=tuple(candidate.number for candidate in capture.kept),
            decision_s=0.0,
            eyes=eyes,
            liveness=None if running.liveness is None else running.liveness.report(capture.kept),
            references=() if self._references is None else tuple(self._references.reports),
            tally=running.counting.tally(self._frame_scores(running)),
        )
        self._try = None
        return done

    def _frame_scores(self, running: Try) -> list[float]:
        """Return each frame's score against its weakest reference: how steady the score is."""
        if self._references is None or not self._references.templates:
            return []
        matcher, known = self._loaded().matcher, self._references.templates.values()
        return [
            min(matcher.compare(template, reference).score for reference in known)
            for template in running.embedder.templates()
        ]

    def _compare(self, running: Try) -> tuple[MatchDecision, tuple[Measure, ...]]:
        """Compare the capture; with it comes how alike its frames are, where that was measured."""
        matcher = self._loaded().matcher
        templates = running.embedder.templates()
        if not running.capture.decides or not templates:
            return MatchDecision(False, (), None, running.capture.failure()), ()
        alike = min(
            (matcher.compare(templates[0], other).score for other in templates[1:]), default=None
        )
        if alike is None:
            return self._against_references(templates), ()
        same = Measure(SAME_FACE, alike, "score", matcher.threshold, None)
        if same.ok:
            return self._against_references(templates), (same,)
        figures = (("lowest", alike), ("threshold", matcher.threshold))
        reason = Reason(ReasonKey.FACE_CHANGED, figures)
        return MatchDecision(False, (), None, reason), (same,)

    def _against_references(self, templates: list[Template]) -> MatchDecision:
        matcher, references = self._loaded().matcher, self._references
        if references is None:
            return MatchDecision(False, (), None, Reason(ReasonKey.NO_REFERENCE))
        live = matcher.mean(templates)
        known = references.templates
        scores = tuple(score_against(matcher, live, name, known[name]) for name in known)
        between: Score | None = None
        if known.keys() >= {Reference.CHIP, Reference.RECORD}:
            between = score_against(
                matcher, known[Reference.CHIP], Reference.RECORD, known[Reference.RECORD]
            )
        return decide(
            scores, between, references.states, chip_authenticated=references.chip_authenticated
        )


def _frame_image(request: SubmitFrame | KeepFrame) -> Image:
    shape = (request.height, request.width, 3)
    if min(shape) < 1 or len(request.pixels) != request.height * request.width * 3:
        raise MessageError(f"frame of {len(request.pixels)} bytes is not {shape}")
    return np.frombuffer(request.pixels, np.uint8).reshape(shape)


def _box(face: Face, image: Image) -> FaceBox:
    height, width = image.shape[:2]
    left, right = max(0.0, face.x / width), min(1.0, (face.x + face.width) / width)
    top, bottom = max(0.0, face.y / height), min(1.0, (face.y + face.height) / height)
    return FaceBox(left, top, max(0.0, right - left), max(0.0, bottom - top))
