from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lifetracker', '0007_run_progress_failed'),
    ]

    operations = [
        migrations.AddField(
            model_name='rejecteditem',
            name='dismissal_reason',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='rejecteditem',
            name='dismissed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='dismissed'),
        ),
        migrations.AddField(
            model_name='rejecteditem',
            name='dismissed_by',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.CreateModel(
            name='SyncRunTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=20)),
                ('kind', models.CharField(choices=[('today', 'Today'), ('incremental', 'Incremental'), ('manual', 'Manual'), ('full', 'Full'), ('backfill', 'Backfill'), ('webhook', 'Webhook')], max_length=12)),
                ('month', models.DateField(help_text='Its first day.')),
                ('runs', models.PositiveIntegerField(default=0)),
                ('incomplete', models.PositiveIntegerField(default=0, help_text='Of the runs, those that failed or were partial.')),
                ('requests', models.PositiveBigIntegerField(default=0)),
                ('counts', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'verbose_name': 'month of sync runs',
                'verbose_name_plural': 'months of sync runs',
                'ordering': ['-month', 'source', 'kind'],
                'constraints': [models.UniqueConstraint(fields=('source', 'kind', 'month'), name='sync_run_total_per_month')],
            },
        ),
    ]
