"""Surprises while a chip is read. What is expected (no SOD, other card) is a value."""

from devices.errors import DeviceError


class TravelDocumentError(DeviceError):
    """Something about this chip kept it from being read."""


class AccessDenied(TravelDocumentError):
    """The chip refused the key: wrong MRZ, or an MRZ read wrongly."""


class AccessNotSupported(TravelDocumentError):
    """The chip wants a way of access that this kiosk does not speak."""


class ChipLost(TravelDocumentError):
    """The chip stopped answering, or the secure channel to it ended."""


class ChipDataError(TravelDocumentError):
    """The chip answered with data that its standard does not allow."""


class NotATravelDocument(ChipDataError):
    """The chip has no travel document application: another kind of card."""
