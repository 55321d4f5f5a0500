"""Orders that are not ended, or hold words to be erased, have indexes of their own."""

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
        migrations.AddIndex(
            model_name="issueorder",
            index=models.Index(
                condition=models.Q(("detail", ""), _negated=True),
                fields=["ended_at"],
                name="order_with_detail",
            ),
        ),
    ]
