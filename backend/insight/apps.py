"""Registers the room with Django."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """The room's name and label."""

    name = "backend.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"
