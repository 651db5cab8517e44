from django.db import migrations, models


NUMBERS = (
    "commit_count",
    "merge_count",
    "active_days",
    "lines_added",
    "lines_deleted",
    "code_churn",
    "code_churn_generated",
    "my_commit_count",
    "my_active_days",
    "my_code_churn",
)


def forget_zeros(apps, schema_editor):
    """Of a repository that was never mined no commit is known: its zeros were defaults."""
    never = apps.get_model("github_projects", "Repository").objects.filter(mined_at=None)
    never.update(**dict.fromkeys(NUMBERS))


class Migration(migrations.Migration):

    dependencies = [
        ('github_projects', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='repository',
            name='active_days',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='repository',
            name='code_churn',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='repository',
            name='code_churn_generated',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='repository',
            name='commit_count',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='repository',
            name='lines_added',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='repository',
            name='lines_deleted',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='repository',
            name='merge_count',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='repository',
            name='my_active_days',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='repository',
            name='my_code_churn',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='repository',
            name='my_commit_count',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.RunPython(forget_zeros, migrations.RunPython.noop),
    ]
