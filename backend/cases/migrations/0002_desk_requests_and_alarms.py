
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='alarm',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='case',
            name='came_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='went_on_as', to='cases.case'),
        ),
        migrations.AddField(
            model_name='case',
            name='handed_by',
            field=models.ForeignKey(blank=True, help_text='who handed it to the claimant, until the claimant has looked', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='case',
            name='rest_until',
            field=models.DateTimeField(blank=True, help_text='planned: nothing is to be done before, no timer runs', null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='waiting_since',
            field=models.DateTimeField(blank=True, help_text='since when it is unclaimed again; null: since it opened', null=True),
        ),
        migrations.CreateModel(
            name='DeskRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(help_text='shown in the queue; names nobody', max_length=60)),
                ('person', models.CharField(blank=True, max_length=60)),
                ('phone', models.CharField(blank=True, max_length=30)),
                ('words', models.CharField(blank=True, max_length=1000)),
                ('address', models.CharField(blank=True, max_length=200)),
                ('appointment_at', models.DateTimeField(blank=True, db_index=True, null=True)),
                ('recipient', models.CharField(blank=True, max_length=60)),
                ('status', models.CharField(choices=[('open', 'Open'), ('planned', 'Planned'), ('under_way', 'Under Way'), ('done', 'Done'), ('failed', 'Failed')], default='open', max_length=12)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='request', to='cases.case')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('goes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='errands', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64)),
                ('reference', models.DateTimeField()),
                ('level', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField(db_index=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alarms', to='cases.case')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'code', 'reference'), name='rings_once')],
            },
        ),
    ]
