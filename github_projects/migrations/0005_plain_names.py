import re
from functools import partial

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("github_projects_repositorycommit", "github_projects_repository")
# How the names of indexes, constraints and sequences begin.
FORWARDS = {
    "github_projects_inclusion": "github_projects_repositorycommit",
    # Where PostgreSQL leaves no room for the whole name.
    "github_projects_incl_commit_id": "github_projects_repo_commit_id",
    "github_projects_incl_repository_id": "github_projects_repo_repository_id",
    "github_projects_repository_todo_id": "github_projects_repository_pending_run_id",
}
BACKWARDS = {new: old for old, new in FORWARDS.items()}
LONGEST_NAME = 63


def changed_names(names, prefixes):
    for name in names:
        for old, new in prefixes.items():
            if re.match(rf"{old}(_|$)", name):
                yield name, (new + name.removeprefix(old))[:LONGEST_NAME]


def rename_on_postgresql(schema_editor, prefixes):
    """Rename in the catalogue, which reads no row."""
    # In this order: the index of a constraint gets its new name with it.
    kinds = (
        (
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass",
            "ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}",
        ),
        (
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s",
            "ALTER INDEX {old} RENAME TO {new}",
        ),
        (
            "SELECT split_part(pg_get_serial_sequence(%s, 'id'), '.', 2)",
            "ALTER SEQUENCE {old} RENAME TO {new}",
        ),
    )
    quote = schema_editor.quote_name
    with schema_editor.connection.cursor() as cursor:
        for table in TABLES:
            for query, command in kinds:
                cursor.execute(query, [table])
                names = [name for (name,) in cursor.fetchall()]
                for old, new in changed_names(names, prefixes):
                    cursor.execute(
                        command.format(table=quote(table), old=quote(old), new=quote(new))
                    )


def rename_on_sqlite(schema_editor, prefixes):
    """Make the indexes anew: SQLite cannot rename one."""
    with schema_editor.connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
                [table],
            )
            statements = dict(cursor.fetchall())
            for old, new in changed_names(statements, prefixes):
                cursor.execute(f"DROP INDEX {schema_editor.quote_name(old)}")
                cursor.execute(statements[old].replace(f'"{old}"', f'"{new}"', 1))


def rename_indexes(apps, schema_editor, *, prefixes):
    if schema_editor.connection.vendor == "postgresql":
        rename_on_postgresql(schema_editor, prefixes)
    else:
        rename_on_sqlite(schema_editor, prefixes)


def rename_permissions(apps, schema_editor, *, old, new):
    """Keep what was granted: Django renames the content type and would make new permissions."""
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="github_projects", codename__endswith=f"_{old.replace(' ', '')}"
    )
    for permission in permissions:
        permission.codename = permission.codename.replace(old.replace(" ", ""), new.replace(" ", ""))
        permission.name = permission.name.replace(old, new)
        permission.save()


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('github_projects', '0004_lost_access'),
    ]

    operations = [
        migrations.RenameModel('Inclusion', 'RepositoryCommit'),
        migrations.RenameField('Repository', 'todo', 'pending_run'),
        migrations.AlterField(
            model_name='repositorycommit',
            name='repository',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='commit_links', to='github_projects.repository'),
        ),
        migrations.AlterField(
            model_name='repositorycommit',
            name='commit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='repository_links', to='github_projects.commit'),
        ),
        migrations.RunPython(
            partial(rename_indexes, prefixes=FORWARDS),
            partial(rename_indexes, prefixes=BACKWARDS),
        ),
        migrations.RunPython(
            partial(rename_permissions, old="inclusion", new="repository commit"),
            partial(rename_permissions, old="repository commit", new="inclusion"),
        ),
    ]
