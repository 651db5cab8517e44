from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('time_logs', '0006_sums_by_project'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='timeentry',
            name='time_entry_projects',
        ),
        migrations.AddIndex(
            model_name='timeentry',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True), ('duration__isnull', False)), fields=['client', 'project', 'start', 'end', 'duration', 'deleted_at'], name='time_entry_projects'),
        ),
    ]
