"""Migrations of databases that already hold rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor

from github_projects.models import Commit, Repository, RepositoryCommit

pytestmark = pytest.mark.django_db(transaction=True)
OLD_NAMES = "0004_lost_access"


@pytest.fixture
def older() -> Iterator[Any]:
    """Return the models as they were before the new names."""
    call_command("migrate", "github_projects", OLD_NAMES, verbosity=0)
    executor = MigrationExecutor(connection)
    targets = [("github_projects", OLD_NAMES)]
    targets += [node for node in executor.loader.graph.leaf_nodes() if node[0] == "lifetracker"]
    yield executor.loader.project_state(targets).apps
    call_command("migrate", verbosity=0)


def names_in_database() -> set[str]:
    """Return the names of tables, indexes and constraints."""
    query = (
        "SELECT relname FROM pg_class UNION SELECT conname FROM pg_constraint"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def test_rows_and_permissions_survive_the_new_names(older: Any) -> None:
    run = older.get_model("lifetracker", "SyncRun").objects.create(source="GitHub", kind="full")
    repository = older.get_model("github_projects", "Repository").objects.create(
        source="GitHub", source_id="1", full_name="robin/portal", todo=run
    )
    commits = older.get_model("github_projects", "Commit").objects
    for oid in ("a" * 40, "b" * 40):
        repository.commits.add(commits.create(source="GitHub", source_id=oid))
    readers = Group.objects.create(name="readers")
    readers.permissions.add(Permission.objects.get(codename="view_inclusion"))

    call_command("migrate", verbosity=0)

    found = Repository.objects.get()
    assert found.pending_run_id == run.pk
    assert set(found.commits.values_list("source_id", flat=True)) == {"a" * 40, "b" * 40}
    link = RepositoryCommit.objects.all()[0]
    with pytest.raises(IntegrityError):
        RepositoryCommit.objects.create(repository=found, commit_id=link.commit_id)
    granted = readers.permissions.get()
    assert (granted.codename, granted.name) == (
        "view_repositorycommit",
        "Can view repository commit",
    )
    Commit.objects.all().delete()
    assert not RepositoryCommit.objects.exists()
    assert not {name for name in names_in_database() if "_incl" in name and "github_" in name}
    assert not {name for name in names_in_database() if "_todo_id" in name}
