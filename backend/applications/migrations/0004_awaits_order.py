"""Paid applications whose order was not looked for yet are marked, so that no scan finds them."""

from django.db import migrations, models


def mark(apps, schema_editor):
    """Mark what the scan would have found."""
    paid = apps.get_model("applications", "Application").objects.filter(
        fee_fen__gt=0, settled_at__isnull=False, order__isnull=True
    )
    paid.exclude(cases__reason="paid_not_issued").update(awaits_order=True)


class Migration(migrations.Migration):
    """Add the mark and its index."""

    dependencies = [
        ("applications", "0003_identified_at"),
        ("orders", "0003_at_named_kiosk"),
        ("cases", "0004_case_tries"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="awaits_order",
            field=models.BooleanField(
                default=False, help_text="paid; whether an order followed is still to be looked at"
            ),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("awaits_order", True)),
                fields=["settled_at"],
                name="application_awaits_order",
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("match__isnull", False)),
                fields=["created_at"],
                name="application_with_scores",
            ),
        ),
    ]
