"""Model slots: what a network is, where its file lies and how it may be used, as data.

No reading here: ``slot_file`` reads and checks a slot's ``model.toml``.
"""

from dataclasses import dataclass
from pathlib import Path

RUNTIMES = ("onnx", "dlib", "opencv_yunet", "fusion")
METRICS = ("cosine", "euclidean", "z_sum")
ALIGNMENTS = ("arcface_112", "dlib_five_point")
LAYOUTS = ("NCHW", "NHWC")
COLOUR_ORDERS = ("RGB", "BGR")
LANDMARKS = ("whole", "close_up")
PROCEDURES = ("picture", "visit")


class SlotError(Exception):
    """A model slot that cannot be used; its text is one line for technicians."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: found, and its hash checked."""

    key: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelInput:
    """What the network wants to be fed."""

    name: str
    width: int
    height: int
    layout: str
    colour_order: str
    mean: tuple[float, float, float]
    scale: float
    alignment: str
    landmarks: tuple[str, ...]  # a picture is looked at by each of these
    looks_in_turn: bool  # each live frame is looked at one way only: for slow networks


@dataclass(frozen=True, slots=True)
class Length:
    """What the length of a network's numbers tells: short ones are of a face it is unsure of.

    ``mean`` and ``deviation`` are of the logarithm of the length over a crowd's pictures.
    ``weight`` is what a pair's cosine gains for each deviation by which the shorter of the two
    is below the crowd's mean, and loses above it.
    """

    mean: float
    deviation: float
    weight: float


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of the network's last map, and what the length of the numbers made of them tells.

    ``rows`` are from the first up to but without the second, 0 at the top.
    """

    rows: tuple[int, int]
    length: Length


@dataclass(frozen=True, slots=True)
class LastMap:
    """The tensor that lies over the face before the network's numbers are made of it."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold with the measurement it comes from.

    ``of`` says what the rate is of: one "picture" against another, or a whole "visit", which
    is up to three captures, each the mean of several frames.
    """

    of: str
    fmr: float
    value: float
    data_set: str
    date: str
    genuine_pairs: int
    impostor_pairs: int


@dataclass(frozen=True, slots=True)
class KnownPair:
    """What this network said of two known portraits when it was set up, in its own metric."""

    one: str
    other: str
    value: float
    tolerance: float


@dataclass(frozen=True, slots=True)
class FusionMember:
    """One engine's share in a fusion: its impostor scores' mean and deviation, and a weight."""

    name: str
    impostor_mean: float
    impostor_deviation: float
    weight: float


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """How large a picture the detector sees and what it reports."""

    long_side_px: int
    score_threshold: float
    overlap_threshold: float


@dataclass(frozen=True, slots=True)
class ModelSlot:
    """One model as data.

    ``sha256`` stands for all of its files and its description, ``network_sha256`` for what
    makes its scores: everything but the thresholds and the known pairs.
    """

    name: str
    role: str
    runtime: str
    licence: str
    commercial_use: bool
    files: tuple[ModelFile, ...]
    input: ModelInput | None
    output_size: int
    metric: str
    mirror: bool
    centre: tuple[float, ...]  # the mean of many people's numbers, taken off; () for none
    length: Length | None  # None where the length of the numbers says nothing
    last_map: LastMap | None  # None without bands
    bands: tuple[Band, ...]
    thresholds: tuple[Threshold, ...]
    known_pairs: tuple[KnownPair, ...]
    members: tuple[FusionMember, ...]
    detector: DetectorSettings | None
    source: Path
    sha256: str
    network_sha256: str

    @property
    def lengths(self) -> tuple[Length, ...]:
        """Return what each length tells that goes along with a face's numbers, in their order."""
        of_bands = tuple(band.length for band in self.bands)
        return of_bands if self.length is None else (self.length, *of_bands)

    def file(self, key: str) -> Path:
        """Return the path of the file called ``key``; SlotError when the slot has none."""
        for entry in self.files:
            if entry.key == key:
                return entry.path
        raise SlotError(f"{self.source}: no [[file]] with key = {key!r}")

    def threshold(self, fmr: float) -> float:
        """Return the threshold at this false match rate: a visit's where visits were measured.

        Pictures' only where no visit was: for one rate alone a visit would quietly be judged by
        what holds for one try. SlotError when it was not measured.
        """
        for entry in self.deciding:
            if abs(entry.fmr - fmr) <= fmr * 1e-6:
                return entry.value
        known = ", ".join(sorted({f"{t.fmr:g}" for t in self.deciding})) or "none"
        of = f" of a {self.deciding[0].of}" if self.deciding else ""
        raise SlotError(f"{self.source}: no threshold{of} for FMR {fmr:g} (measured: {known})")

    @property
    def deciding(self) -> tuple[Threshold, ...]:
        """Return the thresholds of visits, or those of pictures where no visit was measured."""
        return tuple(t for t in self.thresholds if t.of == "visit") or self.thresholds

    def score_threshold(self, fmr: float) -> float:
        """Return the threshold as a score, of which more is more alike: distances turn over."""
        value = self.threshold(fmr)
        return -value if self.metric == "euclidean" else value
