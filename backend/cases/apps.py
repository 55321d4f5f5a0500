"""Registers the room with Django."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The room's name and label."""

    name = "backend.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
