"""The camera over every kind of source: age, freezing, loss, and coming back."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGCONT, SIGSTOP

import cv2
import numpy as np
import pytest

from devices.camera import Watch, WatchedCamera, open_camera
from devices.camera.opening import choose_source
from devices.camera.sources import DeviceSource, FolderSource, StreamSource, VideoSource
from devices.interfaces import Camera
from devices.rig.rig_camera import RigCamera
from devices.status import DeviceStatus, Disconnected, Faulted, Ready, Trouble

QUICK = Watch(max_age_s=0.4, identical_frames=4, first_retry_s=0.02, longest_retry_s=0.1)


@contextmanager
def opened(source: object, watch: Watch = QUICK) -> Iterator[WatchedCamera]:
    camera = open_camera(source, watch=watch)  # type: ignore[arg-type]
    try:
        yield camera
    finally:
        camera.close()


def status_within(
    camera: Camera, holds: Callable[[DeviceStatus], bool], timeout_s: float = 5.0
) -> DeviceStatus:
    until = time.monotonic() + timeout_s
    while not holds(camera.status()) and time.monotonic() < until:
        time.sleep(0.01)
    return camera.status()


def is_ready(status: DeviceStatus) -> bool:
    return isinstance(status, Ready)


def is_gone(status: DeviceStatus) -> bool:
    return isinstance(status, Disconnected)


def is_frozen(status: DeviceStatus) -> bool:
    return isinstance(status, Faulted) and status.trouble is Trouble.FROZEN


def plain(level: int) -> np.ndarray:
    return np.full((72, 128, 3), level, np.uint8)


def test_rig_camera_shows_what_it_is_told_to() -> None:
    rig = RigCamera(fps=100)
    with opened(rig) as camera:
        assert is_ready(status_within(camera, is_ready))
        rig.show([plain(40), plain(200)])
        seen = set()
        number = 0
        for _ in range(12):
            frame = camera.wait_newer(number, 2.0)
            assert frame is not None
            assert frame.number > number
            number = frame.number
            seen.add(int(np.median(frame.image)))
        assert {40, 200} <= seen


def test_still_picture_is_not_a_frozen_camera_but_a_repeated_frame_is() -> None:
    rig = RigCamera(fps=100)
    rig.show([plain(90)])
    with opened(rig) as camera:
        frame = camera.wait_newer(20, 3.0)
        assert frame is not None
        assert is_ready(camera.status())
        rig.freeze()
        assert is_frozen(status_within(camera, is_frozen))
        rig.freeze(False)
        assert is_ready(status_within(camera, is_ready))


def test_unplugged_camera_comes_back_and_shows_no_old_picture_meanwhile() -> None:
    rig = RigCamera(fps=100)
    with opened(rig) as camera:
        assert is_ready(status_within(camera, is_ready))
        rig.unplug()
        status = status_within(camera, is_gone)
        assert isinstance(status, Disconnected)
        assert "unplugged" in status.detail
        assert camera.latest() is None
        rig.unplug(False)
        assert is_ready(status_within(camera, is_ready))


class Blocking(RigCamera):
    """Blocks inside read as V4L2 does after trouble on the bus."""

    blocked = False

    def read(self) -> np.ndarray:
        while self.blocked:
            time.sleep(0.01)
        return super().read()


def test_blocked_read_is_noticed_by_the_age_of_the_last_frame() -> None:
    rig = Blocking(fps=100)
    with opened(rig) as camera:
        assert is_ready(status_within(camera, is_ready))
        rig.blocked = True
        status = status_within(camera, is_gone, 2.0)
        rig.blocked = False
        assert isinstance(status, Disconnected)
        assert "no picture for" in status.detail


def test_first_frames_of_a_device_are_dropped() -> None:
    rig = RigCamera(fps=100)
    rig.skip_first = 2
    rig.show([plain(1), plain(2), plain(3)])
    with opened(rig) as camera:
        frame = camera.wait_newer(0, 2.0)
        assert frame is not None
        assert int(np.median(frame.image)) == 3


def test_reopening_slows_down() -> None:
    opens: list[float] = []

    class Missing(RigCamera):
        def open(self) -> None:
            opens.append(time.monotonic())
            super().open()

    rig = Missing()
    rig.unplug()
    with opened(rig):
        time.sleep(0.6)
    gaps = np.diff(opens)
    assert len(gaps) >= 3
    # Lower bounds only: a busy machine may wake the thread late, never early.
    assert all(gap > 0.95 * min(0.02 * 2**number, 0.1) for number, gap in enumerate(gaps))


def test_wait_between_tries_never_grows_past_its_cap() -> None:
    rig = RigCamera(fps=100)
    rig.unplug()
    with opened(rig) as camera:
        time.sleep(1.4)  # without a cap the next try would now be 1.1 s away
        rig.unplug(False)
        began = time.monotonic()
        assert is_ready(status_within(camera, is_ready, 3.0))
        assert time.monotonic() - began < 1.0


def test_folder_is_looped_and_watched_for_other_pictures(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), plain(30))
    (tmp_path / "2.png").write_bytes(b"no picture at all")
    with opened(FolderSource(tmp_path, 100)) as camera:
        frame = camera.wait_newer(10, 3.0)
        assert frame is not None
        assert int(np.median(frame.image)) == 30
        cv2.imwrite(str(tmp_path / "1.png"), plain(220))
        frame = camera.wait_newer(frame.number + 3, 3.0)
        assert frame is not None
        assert int(np.median(frame.image)) == 220


def test_folder_that_appears_later_is_found(tmp_path: Path) -> None:
    later = tmp_path / "later"
    with opened(later) as camera:
        assert is_gone(camera.status())
        later.mkdir()
        cv2.imwrite(str(later / "a.jpg"), plain(99))
        assert is_ready(status_within(camera, is_ready))


def test_video_starts_again_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "walk.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 60.0, (128, 72))
    for level in range(0, 250, 25):
        writer.write(plain(level))
    writer.release()
    with opened(path) as camera:
        frame = camera.wait_newer(25, 5.0)
        assert frame is not None
        assert is_ready(camera.status())


def test_settings_name_their_source(tmp_path: Path) -> None:
    assert isinstance(choose_source("0"), DeviceSource)
    assert isinstance(choose_source("/dev/v4l/by-id/usb-cam"), DeviceSource)
    assert isinstance(choose_source("http://127.0.0.1:1/cam.mjpg"), StreamSource)
    assert isinstance(choose_source(tmp_path), FolderSource)
    assert isinstance(choose_source(tmp_path / "a.mp4"), VideoSource)
    assert isinstance(choose_source("/dev/shm/pictures"), FolderSource)  # noqa: S108
    assert isinstance(choose_source("/dev/shm/a.mp4"), VideoSource)  # noqa: S108


def test_missing_device_is_disconnected() -> None:
    with opened("/dev/v4l/by-id/none-such") as camera:
        status = status_within(camera, lambda s: is_gone(s) and "not there" in str(s))
        assert isinstance(status, Disconnected)
        assert "not there" in status.detail


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


FFMPEG_SOURCE = ["-re", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25"]


def own_server(port: int) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name("mjpeg_server.py")), str(port)]


def ffmpeg(port: int) -> list[str]:
    url = f"http://127.0.0.1:{port}/cam.mjpg"
    return ["ffmpeg", "-loglevel", "error", *FFMPEG_SOURCE, "-f", "mpjpeg", "-listen", "1", url]


@pytest.mark.slow
@pytest.mark.parametrize(
    "server",
    [
        own_server,
        pytest.param(
            ffmpeg,
            marks=pytest.mark.skipif(
                shutil.which("ffmpeg") is None,
                reason="ffmpeg is not installed: its live stream was NOT tested",
            ),
        ),
    ],
)
def test_stream_freezes_dies_and_comes_back(server: Callable[[int], list[str]]) -> None:
    port = _free_port()
    process = subprocess.Popen(server(port))
    try:
        with opened(f"http://127.0.0.1:{port}/cam.mjpg", Watch(max_age_s=0.8)) as camera:
            assert is_ready(status_within(camera, is_ready, 20.0))
            process.send_signal(SIGSTOP)
            assert is_gone(status_within(camera, is_gone, 5.0))
            process.send_signal(SIGCONT)
            process.kill()
            process.wait()
            assert is_gone(status_within(camera, is_gone, 5.0))
            process = subprocess.Popen(server(port))
            assert is_ready(status_within(camera, is_ready, 20.0))
    finally:
        process.kill()
        process.wait()
