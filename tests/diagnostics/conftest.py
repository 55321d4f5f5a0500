"""The emulated machine and the hall of the runtime's tests."""

from tests.runtime.conftest import config, emulators, hall, running_hall

__all__ = ["config", "emulators", "hall", "running_hall"]
