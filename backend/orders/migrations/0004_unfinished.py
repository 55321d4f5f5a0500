"""Orders that are not ended have an index of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the index."""

    dependencies = [("orders", "0003_at_named_kiosk")]

    operations = [
        migrations.AddIndex(
            model_name="issueorder",
            index=models.Index(
                condition=models.Q(("state__in", ("ordered", "printing"))),
                fields=["state", "created_at"],
                name="order_unfinished",
            ),
        ),
    ]
