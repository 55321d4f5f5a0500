"""Every capture of a visit goes to its case."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add Case.tries."""

    dependencies = [
        ("cases", "0003_scale"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="tries",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
