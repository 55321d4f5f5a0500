"""Registers the room with Django."""

from django.apps import AppConfig


class ResumeConfig(AppConfig):
    """The room's name and label."""

    name = "backend.resume"
    label = "resume"
    default_auto_field = "django.db.models.BigAutoField"
