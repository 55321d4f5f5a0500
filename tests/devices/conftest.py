"""Hypothesis for protocol tests: a busy machine is no reason for a failure."""

from hypothesis import settings

settings.register_profile("devices", deadline=None)
settings.load_profile("devices")
