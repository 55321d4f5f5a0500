"""Composition root: builds everything from settings, starts it, stops it."""
