"""Registers the room with Django."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """The room's name and label."""

    name = "backend.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"
