from __future__ import annotations

import pytest

from projects.examples import add_example_projects
from projects.models import Project, Suggestion
from tests.makers import repository, toggl_project


@pytest.mark.django_db
def test_the_demo_joins_what_has_one_name_and_leaves_some_to_be_tried() -> None:
    for number, name in enumerate(("Reader app", "Audio guide", "Ticketing", "Trade fair")):
        repository(name.lower().replace(" ", "-"))
        toggl_project(number, name=f"{name} 2026" if name == "Trade fair" else name)
    assert add_example_projects() == 1
    [project] = Project.objects.all()
    assert project.name == "Audio guide"
    assert (len(project.repository_ids), len(project.toggl_project_ids)) == (1, 1)
    left = {one.toggl_project.name for one in Suggestion.objects.waiting() if one.toggl_project}
    assert left == {"Reader app", "Ticketing", "Trade fair 2026"}
    assert add_example_projects() == 0


@pytest.mark.django_db
def test_a_project_that_was_deleted_is_not_made_again() -> None:
    Project.objects.create(name="Garden").mark_deleted()
    repository("portal")
    toggl_project(name="Portal")
    assert add_example_projects() == 0
    assert not Project.objects.live().exists()
