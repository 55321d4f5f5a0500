"""Registers the room with Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """The room's name and label."""

    name = "backend.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"
