from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Concat


def forget_made_names(apps, schema_editor):
    """A kiosk that the hall never named has no name: its number is said in the reader's language."""
    kiosks = apps.get_model('fleet', 'Kiosk').objects
    kiosks.filter(name=Concat(F('id'), Value('号机'))).update(name='')


class Migration(migrations.Migration):

    dependencies = [
        ('fleet', '0002_resumes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='kiosk',
            name='name',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.RunPython(forget_made_names, migrations.RunPython.noop),
    ]
