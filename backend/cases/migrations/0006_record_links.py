"""What a link of a card's record changed, so that taking it back restores it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies = [
        ("cases", "0005_counted_by_index"),
        ("records", "0002_chip_reads_by_age"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("card_number", models.CharField(db_index=True, max_length=9)),
                ("made_permit", models.BooleanField()),
                ("valid_until_before", models.DateField(blank=True, null=True)),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link",
                        to="cases.decision",
                    ),
                ),
                (
                    "resident_before",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.resident",
                    ),
                ),
            ],
        ),
    ]
