"""Registers the room with Django."""

from django.apps import AppConfig


class AttemptsConfig(AppConfig):
    """The room's name and label."""

    name = "backend.attempts"
    label = "attempts"
    default_auto_field = "django.db.models.BigAutoField"
