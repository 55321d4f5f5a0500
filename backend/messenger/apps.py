"""Registers the room with Django."""

from django.apps import AppConfig


class MessengerConfig(AppConfig):
    """The room's name and label."""

    name = "backend.messenger"
    label = "messenger"
    default_auto_field = "django.db.models.BigAutoField"
