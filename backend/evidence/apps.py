"""Registers the room with Django."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The room's name and label."""

    name = "backend.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"
