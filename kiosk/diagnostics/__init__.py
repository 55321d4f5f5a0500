"""Check devices and server one by one and report readiness. No Kivy here."""
