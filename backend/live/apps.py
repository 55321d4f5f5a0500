"""Registers the room with Django."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """The room's name and label."""

    name = "backend.live"
    label = "live"
    default_auto_field = "django.db.models.BigAutoField"
