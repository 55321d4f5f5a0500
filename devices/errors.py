"""Surprises of devices. Expected conditions are values (status, outcome), not these."""


class DeviceError(Exception):
    """A device did not do what its protocol says it must."""


class TransportClosed(DeviceError):
    """The port is gone or was never there: unplugged, powered off, wrong path."""


class DeviceTimeout(DeviceError):
    """The deadline of a whole command passed without its answer."""


class ProtocolError(DeviceError):
    """Bytes arrived that the protocol does not allow, even after the repeats it allows."""


class CommandFailed(DeviceError):
    """The device answered with an error of its own.

    ``code`` is the device's code as its manual prints it.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(f"{message} (device code {code})")
        self.code = code


class Cancelled(DeviceError):
    """The caller's cancel event was set while the command waited."""
