"""Find sealed pictures that nothing refers to: nobody would ever erase them."""

from django.apps import apps
from django.db.models import Exists, OuterRef, QuerySet

from backend.evidence.models import Picture


def loose_pictures() -> QuerySet[Picture]:
    """Return the pictures that no row of any table refers to."""
    loose = Picture.objects.all()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.remote_field is not None and field.remote_field.model is Picture:
                rows = model._default_manager.filter(**{field.name: OuterRef("pk")})
                loose = loose.exclude(Exists(rows))
    return loose
