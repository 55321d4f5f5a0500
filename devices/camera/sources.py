"""Where frames come from: V4L2 devices, streams, videos and folders, each behind one Protocol."""

import time
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.camera.exposure import DeviceExposure

Image = NDArray[np.uint8]

_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
_STREAM_OPEN_MS, _STREAM_READ_MS = 3000, 1500
_FALLBACK_FPS = 25.0


class SourceLost(Exception):
    """The source cannot be opened or gives no more frames; opening it again may help."""


class FrameSource(Protocol):
    """One source. Its methods are called from one thread."""

    name: str
    skip_first: int
    """Frames to drop after opening, while exposure settles."""

    def open(self) -> None:
        """Open anew, or raise SourceLost."""
        ...

    def read(self) -> Image:
        """Wait for the next picture (height, width, 3) BGR, or raise SourceLost."""
        ...

    def expose(self, steps: int) -> bool:
        """Expose half stops more or less than by itself, 0 as by itself; False when refused."""
        ...

    def close(self) -> None:
        """Release; closing twice is fine."""
        ...


class _CaptureSource:
    """What all OpenCV captures share."""

    skip_first = 0

    def __init__(self, name: str) -> None:
        self.name = name
        self._capture: cv2.VideoCapture | None = None

    def _use(self, capture: "cv2.VideoCapture") -> None:
        if not capture.isOpened():
            capture.release()
            raise SourceLost(f"{self.name} does not open")
        self._capture = capture

    def read(self) -> Image:
        """Return the next picture, or raise SourceLost."""
        if self._capture is None:
            raise SourceLost(f"{self.name} is not open")
        good, image = self._capture.read()
        if not good or image is None or image.ndim != 3 or not image.size:
            raise SourceLost(f"{self.name} gives no more frames")
        return np.ascontiguousarray(image, np.uint8)

    def expose(self, steps: int) -> bool:
        """Refuse: what was recorded or is sent has its exposure."""
        return False

    def close(self) -> None:
        """Release the capture."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class DeviceSource(_CaptureSource):
    """A V4L2 camera by index or path (best /dev/v4l/by-id/..., which survives replugging)."""

    skip_first = 8  # auto exposure needs about that many before pictures are worth anything

    def __init__(self, device: int | str, size: tuple[int, int], fps: int) -> None:
        super().__init__(f"camera {device}")
        self._device = device
        self._size = size
        self._fps = fps
        self._exposure: DeviceExposure | None = None

    def open(self) -> None:
        """Open and ask for MJPG first, then the size: the other order gives slow raw video."""
        if isinstance(self._device, str) and not Path(self._device).exists():
            raise SourceLost(f"{self._device} is not there")
        capture = cv2.VideoCapture(self._device, cv2.CAP_V4L2)
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        capture.set(cv2.CAP_PROP_FPS, self._fps)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._use(capture)
        self._exposure = DeviceExposure(capture, self._fps)

    def expose(self, steps: int) -> bool:
        """Ask the device; one that refuses is left as it is until it is opened anew."""
        return self._exposure is not None and self._exposure.expose(steps)

    def close(self) -> None:
        """Give the device its own exposure back and release it."""
        if self._exposure is not None:
            self._exposure.expose(0)
            self._exposure = None
        super().close()


class StreamSource(_CaptureSource):
    """A network stream; a dead one is noticed after 1.5 s and must be opened anew."""

    def __init__(self, url: str) -> None:
        super().__init__("stream")  # the address may hold a password
        self._url = url

    def open(self) -> None:
        """Connect."""
        limits = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            _STREAM_OPEN_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            _STREAM_READ_MS,
        ]
        self._use(cv2.VideoCapture(self._url, cv2.CAP_FFMPEG, limits))


class _Pace:
    """Keeps a stored source at its frame rate."""

    def __init__(self, fps: float) -> None:
        self._interval_s = 1.0 / fps
        self._due = 0.0

    def wait(self) -> None:
        now = time.monotonic()
        if self._due > now:
            time.sleep(self._due - now)
        self._due = max(self._due, now) + self._interval_s


class VideoSource(_CaptureSource):
    """A video file, at its own frame rate, from the start again at its end."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"video {path.name}")
        self._path = path
        self._pace = _Pace(_FALLBACK_FPS)

    def open(self) -> None:
        """Open at the first frame."""
        if not self._path.is_file():
            raise SourceLost(f"{self.name} is not there")
        capture = cv2.VideoCapture(str(self._path))
        self._use(capture)
        fps = capture.get(cv2.CAP_PROP_FPS)
        self._pace = _Pace(fps if 1 <= fps <= 120 else _FALLBACK_FPS)

    def read(self) -> Image:
        """Return the next picture; the first one after the last."""
        self._pace.wait()
        try:
            return super().read()
        except SourceLost:
            self.close()
            self.open()
            return super().read()


class FolderSource:
    """Pictures of a folder in the order of their names, over and over.

    The folder is listed anew each round, so pictures can be exchanged while it is in use.
    Each frame gets a grain of sensor noise: without it, a still would count as a frozen camera.
    """

    skip_first = 0

    def __init__(self, folder: Path, fps: float) -> None:
        self.name = f"folder {folder.name}"
        self._folder = folder
        self._pace = _Pace(fps)
        self._grain = SensorGrain(seed=0)
        self._round: list[Path] = []

    def open(self) -> None:
        """Begin a round."""
        self._round = self._list()

    def _list(self) -> list[Path]:
        if not self._folder.is_dir():
            raise SourceLost(f"{self.name} is not there")
        found = sorted(p for p in self._folder.iterdir() if p.suffix.lower() in _PICTURES)
        if not found:
            raise SourceLost(f"{self.name} holds no pictures")
        return found

    def read(self) -> Image:
        """Return the next picture; one that cannot be read is passed over."""
        self._pace.wait()
        for _ in range(2):
            while self._round:
                image = cv2.imread(str(self._round.pop(0)), cv2.IMREAD_COLOR)
                if image is not None:
                    return self._grain.add(np.ascontiguousarray(image, np.uint8))
            self._round = self._list()
        raise SourceLost(f"{self.name} holds no readable picture")

    def expose(self, steps: int) -> bool:
        """Refuse: a picture has its exposure."""
        return False

    def close(self) -> None:
        """Forget the round."""
        self._round = []


class SensorGrain:
    """Changes the last bit of one random row, as the least that a live sensor does."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def add(self, image: Image) -> Image:
        """Return a copy with grain."""
        copy = image.copy()
        row = int(self._random.integers(copy.shape[0]))
        copy[row] ^= self._random.integers(0, 2, copy[row].shape, dtype=np.uint8)
        return copy
