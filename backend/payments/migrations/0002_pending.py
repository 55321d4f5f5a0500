"""Payments that are pending have an index of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the index."""

    dependencies = [("payments", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["created_at"],
                name="payment_pending",
            ),
        ),
    ]
