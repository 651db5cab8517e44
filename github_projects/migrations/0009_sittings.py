from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

GAP = timedelta(hours=2)
EARLIEST_DATE = datetime(1970, 1, 2, tzinfo=UTC)


def measure(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Set the time since the owner's commit before, as the sync does from now on."""
    commits = apps.get_model("github_projects", "Commit")._default_manager.using(
        editor.connection.alias
    )
    possible = (EARLIEST_DATE, timezone.now())
    own = commits.filter(mine=True, deleted_at__isnull=True, authored_at__range=possible)
    rows, before = [], None
    for pk, moment in own.order_by("authored_at", "pk").values_list("pk", "authored_at").iterator():
        if before and before < moment <= before + GAP:
            seconds = int((moment - before).total_seconds())
            rows.append(commits.model(pk=pk, sitting_seconds=seconds))
        before = moment
    commits.bulk_update(rows, ["sitting_seconds"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("github_projects", "0008_plainer_texts")]

    operations = [
        migrations.AddField(
            model_name="commit",
            name="sitting_seconds",
            field=models.PositiveIntegerField(
                default=0,
                editable=False,
                help_text="Since the owner's commit before in any repository, if that was at most two hours earlier.",
                verbose_name="time since the commit before",
            ),
        ),
        migrations.RunPython(measure, migrations.RunPython.noop),
    ]
