"""Indexes of open cases for what is counted and what was raised; a table that is kept tidy."""

from django.db import migrations, models

OPEN = models.Q(stage__in=("waiting", "claimed", "approval"))
# PostgreSQL tidies a table once a fifth of it has changed. A fifth of a million closed cases is a
# month of work, in which an open case's every change leaves one more row to step over.
TIDY = (
    "ALTER TABLE cases_case SET (autovacuum_vacuum_scale_factor = 0.002,"
    " autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0.005,"
    " autovacuum_analyze_threshold = 2000)"
)


def keep_tidy(apps, schema_editor):
    """Have PostgreSQL tidy the table sooner than it would; SQLite does so by itself."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TIDY)


class Migration(migrations.Migration):
    """Indexes, and a setting of the table."""

    dependencies = [("cases", "0004_case_tries")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["decide_by", "created_at", "id"],
                condition=OPEN & models.Q(level__gt=0),
                name="case_raised",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["kiosk", "stage", "level", "rest_until"],
                condition=OPEN,
                name="case_counts",
            ),
        ),
        migrations.RunPython(keep_tidy, migrations.RunPython.noop),
    ]
