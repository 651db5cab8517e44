import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('goals', '0002_free_periods_are_deleted_softly'),
    ]

    operations = [
        migrations.AddField(
            model_name='goal',
            name='weekdays',
            field=models.CharField(blank=True, default='', help_text='Of a goal for each day: on which it asks for something, from 1 for Monday, such as 12345. Empty: all.', max_length=7, validators=[django.core.validators.RegexValidator('^(?=[1-7])1?2?3?4?5?6?7?$', 'Enter days of the week in order, such as 12345 for Monday to Friday.')], verbose_name='days of the week'),
        ),
    ]
