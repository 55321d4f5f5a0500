"""Registers the room with Django."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """The room's name and label."""

    name = "backend.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
