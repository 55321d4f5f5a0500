"""The console as a Django application, so that its templates and static files are found."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Templates, static files and template tags of the staff console; no models."""

    name = "backend.console"
    label = "console"
