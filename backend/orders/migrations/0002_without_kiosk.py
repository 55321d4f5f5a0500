import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fleet', '0001_initial'),
        ('orders', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='issueorder',
            name='kiosk',
            field=models.ForeignKey(blank=True, help_text='null: at the counter', null=True, on_delete=django.db.models.deletion.PROTECT, to='fleet.kiosk'),
        ),
    ]
