"""Frames from a device, a video, a folder or a stream, watched for age and freezing."""

from devices.camera.camera import Watch, WatchedCamera
from devices.camera.opening import open_camera
from devices.camera.sources import FrameSource, SourceLost

__all__ = ["FrameSource", "SourceLost", "Watch", "WatchedCamera", "open_camera"]
