from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

import lifetracker.models.tokens


def keep_rights(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A token that could only read still can only read; all others can still write."""
    apps.get_model("lifetracker", "ApiToken").objects.filter(read_only=True).update(scope="read")


def read_only_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Revoke what is limited in a way that was not known before: it would open more than its owner wanted."""
    tokens = apps.get_model("lifetracker", "ApiToken").objects
    tokens.exclude(scope="write").update(read_only=True)
    limited = [one.pk for one in tokens.all() if one.domains or one.scope == "import"]
    tokens.filter(pk__in=limited, revoked_at=None).update(revoked_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ('lifetracker', '0025_kind_of_imports'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='scope',
            field=models.CharField(choices=[('read', 'Read only'), ('write', 'Read and write'), ('import', 'Send Health Auto Export only')], default='write', help_text='A read-only token cannot change anything or start a sync.', max_length=10, verbose_name='may'),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='domains',
            field=models.JSONField(blank=True, default=list, help_text='None: all of them.', validators=[lifetracker.models.tokens.refuse_unknown_domains], verbose_name='only these domains'),
        ),
        migrations.RunPython(keep_rights, read_only_again),
        migrations.RemoveField(
            model_name='apitoken',
            name='read_only',
        ),
    ]
