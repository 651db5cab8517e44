"""Suggestions after syncs: similar names are looked for when a service has brought something."""

from __future__ import annotations

from io import StringIO
from typing import Any

from django.core.management import call_command

from lifetracker.metrics.proposals import propose_after
from lifetracker.models import SyncRun
from projects.models import Suggestion
from tests.makers import repository, toggl_project
from time_logs.models import TogglProject


def test_a_sync_of_toggl_looks_for_repositories_with_like_names(toggl: Any) -> None:
    name = toggl.projects()[0]["name"]
    repository(name.lower())
    call_command("sync_toggl", stdout=StringIO())
    (one,) = Suggestion.objects.waiting()
    assert one.toggl_project == TogglProject.objects.get(name=name)


def test_a_sync_that_brought_nothing_looks_for_nothing(db: None) -> None:
    repository("garden")
    toggl_project(1, name="Garden")
    for source, changes in (("GitHub", 0), ("WHOOP", 1)):
        propose_after(SyncRun(source=source, counts={"any": {"created": changes}}))
    assert not Suggestion.objects.exists()
    propose_after(SyncRun(source="GitHub", counts={"any": {"updated": 1}}))
    assert Suggestion.objects.count() == 1
