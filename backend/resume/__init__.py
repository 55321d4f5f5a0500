"""A parked case taken up again: at any kiosk of the hall, never twice at once."""
