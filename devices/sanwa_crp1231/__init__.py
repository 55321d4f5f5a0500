"""Sanwa CRP-1231: takes a card in, erases and prints its rewritable back, gives it back."""

from devices.sanwa_crp1231.dialogue import Timing
from devices.sanwa_crp1231.driver import SanwaPrinter
from devices.sanwa_crp1231.emulator import SanwaEmulator, SanwaFaults
from devices.sanwa_crp1231.layout import PrintLayout
from devices.sanwa_crp1231.machine import Durations

__all__ = ["Durations", "PrintLayout", "SanwaEmulator", "SanwaFaults", "SanwaPrinter", "Timing"]
