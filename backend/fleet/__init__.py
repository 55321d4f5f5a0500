"""The hall's kiosks: enrolment, credentials, heartbeats, device status."""
