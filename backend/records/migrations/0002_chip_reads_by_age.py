"""Chip reads are found by their age."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the index."""

    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="chipread",
            index=models.Index(fields=["at"], name="chip_read_at"),
        ),
    ]
