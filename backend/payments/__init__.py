"""Payments: an interface, and a simulator behind it."""
