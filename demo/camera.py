"""Who stands before the emulated camera: live-looking frames made from the demo's portraits."""

from itertools import islice
from pathlib import Path

from devices.rig.live_frames import RESIDENT_A, RESIDENT_B, camera_like_frames
from devices.rig.rig_camera import RigCamera

_FRAMES = 30
"""Two seconds of swaying; shown over and over with new sensor noise."""


class DemoCamera:
    """A rig camera that shows people by the file of their portrait."""

    def __init__(self) -> None:
        self.rig = RigCamera()

    def show(self, face: Path) -> None:
        """Let this person stand before the camera."""
        changes = RESIDENT_A if "resident_a" in face.name else RESIDENT_B
        self.rig.show(list(islice(camera_like_frames(face, seed=7, changes=changes), _FRAMES)))

    def leave(self) -> None:
        """Let nobody stand there."""
        self.rig.clear()
