"""Answers to repeated requests are found by their age."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the index."""

    dependencies = [("api", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="answeredrequest",
            index=models.Index(fields=["started_at"], name="answer_started"),
        ),
    ]
