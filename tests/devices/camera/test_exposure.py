"""Exposure of a device by V4L2's two controls, and of the emulated camera. No real one was seen."""

import time

import cv2
import numpy as np
import pytest

from devices.camera import WatchedCamera
from devices.camera.exposure import DeviceExposure, exposure_factor
from devices.rig.rig_camera import RigCamera
from tests.devices.camera.test_camera import opened, plain

AUTO, EXPOSURE = cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_EXPOSURE


class Webcam:
    """OpenCV's properties of a camera that takes aperture priority (3) or manual (1) only."""

    def __init__(self, *, takes: tuple[int, ...] = (AUTO, EXPOSURE), exposure: float = 160) -> None:
        self.now = {AUTO: 3.0, EXPOSURE: exposure}
        self.asked = 0
        self._takes = takes

    def get(self, propId: int, /) -> float:  # noqa: N803
        return self.now.get(propId, 0.0)

    def set(self, propId: int, value: float, /) -> bool:  # noqa: N803
        self.asked += 1
        fits = value in (1, 3) if propId == AUTO else self.now[AUTO] == 1 and value >= 1
        if propId not in self._takes or not fits:
            return False
        self.now[propId] = float(value)
        return True


def test_each_step_is_half_a_stop_from_where_the_device_was_and_zero_gives_it_back() -> None:
    webcam = Webcam()
    exposure = DeviceExposure(webcam, fps=25)
    assert exposure.expose(-2)
    assert webcam.now == {AUTO: 1.0, EXPOSURE: 80.0}
    assert exposure.expose(-4)
    assert webcam.now[EXPOSURE] == 40.0
    assert exposure.expose(6)
    assert webcam.now[EXPOSURE] == 400.0  # no longer than a frame of 1/25 s
    assert exposure.expose(0)
    assert webcam.now == {AUTO: 3.0, EXPOSURE: 160.0}


@pytest.mark.parametrize(
    "webcam",
    [Webcam(takes=()), Webcam(takes=(AUTO,)), Webcam(takes=(EXPOSURE,)), Webcam(exposure=0)],
)
def test_a_device_that_refuses_is_left_as_it_is_and_not_asked_again(webcam: Webcam) -> None:
    before = dict(webcam.now)
    exposure = DeviceExposure(webcam, fps=25)
    assert not exposure.expose(-1)
    assert webcam.now == before
    asked = webcam.asked
    assert not exposure.expose(-2)
    exposure.expose(0)
    assert webcam.asked == asked


def test_steps_are_bounded() -> None:
    assert exposure_factor(2) == 2
    assert exposure_factor(-99) == exposure_factor(-6) == 0.125


def level(camera: WatchedCamera, wanted: int) -> int:
    until, seen = time.monotonic() + 3.0, -1
    while seen != wanted and time.monotonic() < until:
        frame = camera.latest()
        seen = -1 if frame is None else int(np.median(frame.image))
        time.sleep(0.01)
    return seen


def test_the_emulated_camera_lets_less_light_in_before_it_burns_out() -> None:
    rig = RigCamera(fps=100)
    rig.show([plain(150)])
    rig.light(2.0)
    with opened(rig) as camera:
        assert level(camera, 255) == 255
        camera.expose(-2)
        assert level(camera, 150) == 150
        rig.unplug()
        rig.unplug(False)
        assert level(camera, 150) == 150  # asked for again
        camera.expose(0)
        assert level(camera, 255) == 255
