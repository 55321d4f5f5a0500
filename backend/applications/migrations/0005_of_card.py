"""A card's applications are found over all visits; a fee can be given back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the moment of the refund and the index by card."""

    dependencies = [("applications", "0004_awaits_order")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="refunded_at",
            field=models.DateTimeField(
                blank=True,
                help_text="the fee was given back; nothing is issued for it",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["card_number", "created_at"], name="application_of_card"),
        ),
    ]
