"""Whether portraits can be taken and compared: the camera, and the matcher behind it."""

from collections.abc import Callable

from devices.status import DeviceStatus, Faulted, Trouble

_LONGEST = 300


def camera_with_matcher(
    camera: Callable[[], DeviceStatus], matcher_failure: Callable[[], str | None]
) -> Callable[[], DeviceStatus]:
    """Return the status of both under the camera's name.

    A picture that nothing can compare is worth no more than none, so a matcher that cannot run
    takes the kiosk out of service as a missing camera does.
    """

    def status() -> DeviceStatus:
        why = matcher_failure()
        if why is None:
            return camera()
        return Faulted(Trouble.HARDWARE, f"portrait matcher cannot run: {why}"[:_LONGEST])

    return status
