
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='presence',
            name='away_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
