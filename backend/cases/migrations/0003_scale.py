"""Indexes that keep a year of closed cases out of every query, and when evidence was erased."""

from django.db import migrations, models


def mark_erased(apps, schema_editor):
    """Mark closed cases of which nothing is left, so that they are not erased again."""
    left = models.Q(live_portrait__isnull=False) | models.Q(chip_portrait__isnull=False)
    left |= models.Q(record_portrait__isnull=False) | models.Q(match__isnull=False)
    left |= ~models.Q(detail="") | models.Q(request__isnull=False)
    closed = apps.get_model("cases", "Case").objects.filter(stage="closed")
    left_over = closed.filter(left).values("id")
    closed.exclude(id__in=left_over).update(erased_at=models.F("closed_at"))


class Migration(migrations.Migration):
    """Fields and indexes."""

    # An index cannot be built in the transaction that has changed its table's rows.
    atomic = False
    dependencies = [("cases", "0002_desk_requests_and_alarms")]

    operations = [
        migrations.AddField(
            model_name='case',
            name='erased_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(mark_erased, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['kiosk', 'visit_id'], name='case_visit'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['stage', 'created_at'], name='case_stage_created'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('stage__in', ('waiting', 'claimed', 'approval'))), fields=['decide_by', 'created_at', 'id'], name='case_open'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('erased_at', None)), fields=['closed_at'], name='case_to_erase'),
        ),
    ]
