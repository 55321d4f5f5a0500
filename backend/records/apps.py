"""Registers the room with Django."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The room's name and label."""

    name = "backend.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
