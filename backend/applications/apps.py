"""Registers the room with Django."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """The room's name and label."""

    name = "backend.applications"
    label = "applications"
    default_auto_field = "django.db.models.BigAutoField"
