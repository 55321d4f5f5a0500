"""Portraits, encrypted at rest with a key that lies outside the database."""
