"""Registers the room with Django."""

from django.apps import AppConfig


class FleetConfig(AppConfig):
    """The room's name and label."""

    name = "backend.fleet"
    label = "fleet"
    default_auto_field = "django.db.models.BigAutoField"
