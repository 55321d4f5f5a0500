"""Tells the hall's own messenger of alarms, by webhook; nothing personal, nothing lost."""
