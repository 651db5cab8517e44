"""What a person types in about a project, and what they join to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from github_projects.models import Repository
from goals.models import Goal
from lifetracker.web.forms import RecordForm
from projects.models import Project, links
from time_logs.models import TogglProject

#: By kind of what can be joined, what it is called.
NOUNS = {"repository": "repository", "toggl_project": "Toggl project", "goal": "goal"}


class ProjectForm(RecordForm):
    class Meta:
        model = Project
        fields = ("name", "status", "start", "end", "notes")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("start", "end"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields["notes"].widget = forms.Textarea(attrs={"rows": 4})


def joinable(kind: str) -> QuerySet[Model]:
    """Return what can be joined to a project, whether or not it belongs to one."""
    rows: dict[str, QuerySet[Any]] = {
        "repository": Repository.objects.live().defer("raw"),
        "toggl_project": TogglProject.objects.live().defer("raw"),
        "goal": Goal.objects.live(),
    }
    return rows[kind]


class JoinForm(forms.Form):
    """Something that is to belong to a project."""

    def __init__(self, project: Project, kind: str, data: Any) -> None:
        super().__init__(data)
        self.project = project
        self.kind = kind
        invalid = f"Choose a {NOUNS[kind]} of the list."
        self.fields[kind] = forms.ModelChoiceField(
            joinable(kind), error_messages={"required": invalid, "invalid_choice": invalid}
        )

    def save(self) -> bool:
        """Join it; return whether that was possible. What it belongs to already stands beside the field."""
        if not self.is_valid():
            return False
        try:
            links()[self.kind](
                **{"project": self.project, self.kind: self.cleaned_data[self.kind]}
            ).save()
        except ValidationError as error:
            self.add_error(self.kind, [*error.messages, *self.holder_words()])
        return not self.errors

    def holder_words(self) -> list[str]:
        """Return to which project it belongs, where that is another one."""
        held = links()[self.kind].objects.filter(**{self.kind: self.cleaned_data[self.kind]})
        names = [one.project.name for one in held.select_related("project")]
        if self.kind == "goal" or self.project.name in names:
            return []
        return [f"Take it out of {name} first." for name in names]
