"""The hardware: protocols, drivers and emulators. Knows nothing of the kiosk."""
