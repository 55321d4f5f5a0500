"""Chooses the source that a setting names."""

from pathlib import Path

from devices.camera.camera import Watch, WatchedCamera
from devices.camera.sources import (
    DeviceSource,
    FolderSource,
    FrameSource,
    StreamSource,
    VideoSource,
)

_MEMORY = "/dev/shm/"  # noqa: S108 - only read from: what lies there is files, not devices
_STREAMS = ("http://", "https://", "rtsp://")


def choose_source(
    source: str | int | Path, *, size: tuple[int, int] = (1280, 720), fps: int = 25
) -> FrameSource:
    """Make the source for a device index or path, a stream's address, a video or a folder.

    What is missing now may come later: opening is tried again and again, so nothing is checked
    here. A path without a suffix is a folder, one with a suffix a video.
    """
    text = str(source)
    if text.isdecimal():
        return DeviceSource(int(text), size, fps)
    if text.startswith("/dev/") and not text.startswith(_MEMORY):
        return DeviceSource(text, size, fps)
    if text.startswith(_STREAMS):
        return StreamSource(text)
    path = Path(text)
    if path.is_dir() or not path.suffix:
        return FolderSource(path, float(fps))
    return VideoSource(path)


def open_camera(
    source: str | int | Path | FrameSource,
    *,
    size: tuple[int, int] = (1280, 720),
    fps: int = 25,
    watch: Watch | None = None,
) -> WatchedCamera:
    """Start a camera on its own thread; returns at once. ``size`` and ``fps`` are requests."""
    if isinstance(source, str | int | Path):
        source = choose_source(source, size=size, fps=fps)
    return WatchedCamera(source, watch or Watch()).start()
