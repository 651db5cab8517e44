"""Projects and suggestions in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from projects.models import Project, ProjectRepository, Suggestion
from tests.makers import entry, repository, toggl_project
from tests.projects.test_models import project

pytestmark = pytest.mark.django_db

FORMS = {
    f"{prefix}-{name}": value
    for prefix in ("repository_links", "toggl_links", "goal_links")
    for name, value in (("TOTAL_FORMS", "0"), ("INITIAL_FORMS", "0"))
}


def typed(**values: Any) -> dict[str, Any]:
    return {"name": "House", "status": "active", "notes": ""} | FORMS | values


def test_a_project_is_added_with_its_repository(admin_client: Client) -> None:
    code = repository()
    first = {"repository_links-TOTAL_FORMS": "1", "repository_links-0-repository": code.pk}
    answer = admin_client.post("/admin/projects/project/add/", typed(**first))
    assert answer.status_code == 302, answer.content.decode()
    assert ProjectRepository.objects.get().project.name == "House"


def test_a_repository_of_another_project_is_refused_beside_the_field(admin_client: Client) -> None:
    code = repository()
    project(repositories=[code])
    first = {"repository_links-TOTAL_FORMS": "1", "repository_links-0-repository": code.pk}
    answer = admin_client.post("/admin/projects/project/add/", typed(**first))
    assert answer.status_code == 200
    (form,) = answer.context["inline_admin_formsets"][0].formset.forms
    assert form.errors == {"repository": ["This repository already belongs to a project."]}
    assert Project.objects.count() == 1


def test_a_project_shows_what_it_comes_to(admin_client: Client) -> None:
    made = project(toggl_projects=[toggl_project(1)])
    entry(1, 90, project_ref="1")
    page = admin_client.get(f"/admin/projects/project/{made.pk}/change/").content.decode()
    assert "1.5 h" in page
    assert "Active days" in page


def test_a_project_without_a_toggl_project_shows_no_hours(admin_client: Client) -> None:
    made = project(repositories=[repository()])
    page = admin_client.get(f"/admin/projects/project/{made.pk}/change/").content.decode()
    assert "0.0 h" not in page


LOOK = "/admin/projects/suggestion/look/"


def look(client: Client) -> str:
    """Press the button that looks for similar names; return the page that follows."""
    answer = client.post(LOOK, {"_form_submitted": "True"}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_button_looks_for_suggestions_and_a_visit_does_not(admin_client: Client) -> None:
    repository("garden")
    toggl_project(1, name="Garden")
    for path in ("/admin/projects/suggestion/", LOOK):
        page = admin_client.get(path)
        assert page.status_code == 200
        assert "Look for similar names" in page.content.decode()
    assert not Suggestion.objects.exists()
    assert "1 new suggestion." in look(admin_client)
    assert Suggestion.objects.waiting().count() == 1
    assert "0 new suggestions." in look(admin_client)


def test_who_may_only_look_at_suggestions_starts_no_search(client: Client) -> None:
    viewer = get_user_model().objects.create_user("viewer", password="a password", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_suggestion"))
    client.force_login(viewer)
    assert (
        "Look for similar names" not in client.get("/admin/projects/suggestion/").content.decode()
    )
    assert client.post(LOOK, {"_form_submitted": "True"}).status_code == 403


def test_suggestions_are_answered_in_the_list(admin_client: Client) -> None:
    names = ("Garden", "Taxes")
    for number, name in enumerate(names):
        repository(name.lower())
        toggl_project(number, name=name)
    look(admin_client)
    page = admin_client.get("/admin/projects/suggestion/").content.decode()
    assert "The repository robin/garden and the Toggl project Garden may belong together." in page
    for number, action in enumerate(("confirm", "refuse")):
        one = Suggestion.objects.get(toggl_project__name=names[number])
        chosen = {"action": action, "_selected_action": [one.pk]}
        answer = admin_client.post("/admin/projects/suggestion/", chosen, follow=True)
        text = answer.content.decode()
        assert ("Joined in the project Garden.", "1 suggestion refused.")[number] in text
    assert [one.name for one in Project.objects.all()] == ["Garden"]
    look(admin_client)
    assert not Suggestion.objects.waiting().exists()


def test_confirmed_ones_are_not_refused_in_the_list(admin_client: Client) -> None:
    for number, name in enumerate(("Garden", "Taxes")):
        repository(name.lower())
        toggl_project(number, name=name)
    Suggestion.objects.find()
    Suggestion.objects.get(toggl_project__name="Garden").confirm()
    chosen = {"action": "refuse", "_selected_action": [one.pk for one in Suggestion.objects.all()]}
    page = admin_client.post("/admin/projects/suggestion/", chosen, follow=True).content.decode()
    assert "1 suggestion refused." in page
    assert "Garden may belong together. This suggestion was already confirmed." in page
    assert sorted(one.state for one in Suggestion.objects.all()) == ["confirmed", "refused"]


@pytest.mark.parametrize("chosen", ["a", "", "9" * 30])
@pytest.mark.parametrize("path", ["projects/suggestion", "projects/project", "auth/group"])
def test_an_unknown_selection_is_said(admin_client: Client, path: str, chosen: str) -> None:
    action = "refuse" if path == "projects/suggestion" else "delete_selected"
    form = {"action": action, "_selected_action": [chosen]}
    answer = admin_client.post(f"/admin/{path}/", form, follow=True)
    assert answer.status_code == 200
    assert "This selection is not known, and nothing was done." in answer.content.decode()


def test_one_that_is_outdated_says_why(admin_client: Client) -> None:
    code = repository("garden")
    toggl_project(1, name="Garden")
    Suggestion.objects.find()
    project("House", repositories=[code])
    chosen = {"action": "confirm", "_selected_action": [Suggestion.objects.get().pk]}
    answer = admin_client.post("/admin/projects/suggestion/", chosen, follow=True)
    assert "This repository already belongs to a project." in answer.content.decode()
    assert [one.name for one in Project.objects.all()] == ["House"]
