"""ESC/POS receipt printer: bytes by python-escpos, our own line, status and proof of the end."""

from devices.escpos_receipt.builder import ReceiptStyle, build_receipt
from devices.escpos_receipt.driver import EscposPrinter, ReceiptTiming
from devices.escpos_receipt.emulator import EscposEmulator
from devices.escpos_receipt.interpreter import Receipt, interpret

__all__ = [
    "EscposEmulator",
    "EscposPrinter",
    "Receipt",
    "ReceiptStyle",
    "ReceiptTiming",
    "build_receipt",
    "interpret",
]
