"""Registers the room with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The room's name and label."""

    name = "backend.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"
