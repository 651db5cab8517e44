from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lifetracker', '0012_newest_runs'),
    ]

    operations = [
        migrations.AddField(
            model_name='webhookdelivery',
            name='body_digest',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('body_digest', ''), _negated=True), fields=['source', 'body_digest'], name='webhook_delivery_body'),
        ),
    ]
