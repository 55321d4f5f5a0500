"""Bytes in and out with deadlines. The only package that imports pyserial.

Drivers are built from a ``devices.interfaces.Transport`` and never know which of these it is.
"""

from devices.transport.line_emulator import LineEmulator
from devices.transport.loopback import loopback
from devices.transport.manipulator import Manipulator
from devices.transport.pty_line import PtyLine, open_pty
from devices.transport.serial_port import SerialTransport
from devices.transport.traffic import TRAFFIC, Direction, MaskedLog, TrafficLog, WireLog

__all__ = [
    "TRAFFIC",
    "Direction",
    "LineEmulator",
    "Manipulator",
    "MaskedLog",
    "PtyLine",
    "SerialTransport",
    "TrafficLog",
    "WireLog",
    "loopback",
    "open_pty",
]
