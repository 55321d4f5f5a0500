"""Create the one row."""

from django.db import migrations


def create_row(apps, schema_editor):
    """Create row 1 where there is none."""
    apps.get_model("live", "LiveVersion").objects.get_or_create(id=1)


class Migration(migrations.Migration):
    """The row."""

    dependencies = [("live", "0001_initial")]
    operations = [migrations.RunPython(create_row, migrations.RunPython.noop)]
