from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lifetracker', '0006_pending_deletions'),
    ]

    operations = [
        migrations.AddField(
            model_name='syncrun',
            name='progress_failed',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
