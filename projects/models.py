"""Projects: what tracked time and code are about. They are joined by ids, which stay when a repository or a Toggl
project is renamed or moved to another owner."""

from __future__ import annotations

from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from github_projects.models import Repository
from goals.models import Goal
from lifetracker.models.conflicts import ConstraintsInWords
from lifetracker.models.kept import KeepsRevisions, KeepsRevisionsQuerySet
from time_logs.models import TogglProject

REPOSITORY_TAKEN = "This repository already belongs to a project."
TOGGL_PROJECT_TAKEN = "This Toggl project already belongs to a project."
ALREADY_CONFIRMED = (
    "This suggestion was already confirmed. Take the records out of the project instead."
)
PROJECT_DELETED = "This project was deleted. Restore it first."


class ProjectQuerySet(KeepsRevisionsQuerySet["Project"]):
    def live(self) -> Self:
        """Return the projects that are not deleted."""
        return self.filter(deleted_at__isnull=True)


class Project(ConstraintsInWords, KeepsRevisions):
    """What its owner works on, with the repositories, the Toggl projects and the goals that belong to it. Nothing belongs
    to one that is deleted: `parted` has the ids of what did, by kind, so that it can be restored."""

    exported = True
    # Of the constraint on the name, which counts among those that are not deleted.
    always_checked: ClassVar[frozenset[str]] = frozenset({"deleted_at"})

    class Status(models.TextChoices):
        ACTIVE = "active", "active"
        PAUSED = "paused", "paused"
        FINISHED = "finished", "finished"

    name = models.CharField(max_length=100)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    start = models.DateField(null=True, blank=True, help_text="The first day. May be left empty.")
    end = models.DateField(null=True, blank=True, help_text="The last day. May be left empty.")
    notes = models.TextField(blank=True, default="", max_length=10_000)
    created_at = models.DateTimeField("added", auto_now_add=True)
    updated_at = models.DateTimeField("last changed", auto_now=True)
    deleted_at = models.DateTimeField(null=True, editable=False)
    parted = models.JSONField(default=dict, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(deleted_at__isnull=True),
                name="project_name_once",
                violation_error_message="There is already a project with this name.",
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")),
                name="project_ends_after_start",
                violation_error_message="The end must not be before the start.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def repository_ids(self) -> list[int]:
        return [link.repository_id for link in self.repository_links.all()]

    @property
    def toggl_project_ids(self) -> list[int]:
        return [link.toggl_project_id for link in self.toggl_links.all()]

    @property
    def goal_ids(self) -> list[int]:
        """Return those that are not deleted."""
        return [link.goal_id for link in self.goal_links.all() if link.goal.deleted_at is None]

    @transaction.atomic
    def mark_deleted(self) -> None:
        """Delete it so that it can be restored. What belonged to it belongs to no project then."""
        self.parted = {}
        for kind, link in links().items():
            rows = link.objects.filter(project=self)
            self.parted[kind] = list(rows.values_list(f"{kind}_id", flat=True))
            rows.delete()
        self.deleted_at = timezone.now()
        self.save()

    @transaction.atomic
    def restore(self) -> int:
        """Bring it back with what belonged to it; return how many of these belong to another project by now, or are gone.
        Raises ConstraintViolated where another project has its name."""
        parted, self.parted, self.deleted_at = self.parted, {}, None
        self.save()
        left = 0
        for kind, link in links().items():
            for pk in parted.get(kind, []):
                try:
                    with transaction.atomic():
                        one = link(**{"project": self, f"{kind}_id": pk})
                        one.clean_fields()
                        one.save()
                except ValidationError:
                    left += 1
        return left


class ProjectRepository(ConstraintsInWords, KeepsRevisions):
    """A repository that belongs to a project."""

    exported = True

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="repository_links")
    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, related_name="project_links"
    )

    objects = KeepsRevisionsQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "repository"
        verbose_name_plural = "repositories"
        constraints = [
            models.UniqueConstraint(
                fields=["repository"],
                name="repository_in_one_project",
                violation_error_message=REPOSITORY_TAKEN,
            )
        ]

    def __str__(self) -> str:
        return str(self.repository)


class ProjectTogglProject(ConstraintsInWords, KeepsRevisions):
    """A Toggl project that belongs to a project."""

    exported = True

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="toggl_links")
    toggl_project = models.ForeignKey(
        TogglProject, on_delete=models.CASCADE, related_name="project_links"
    )

    objects = KeepsRevisionsQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "Toggl project"
        constraints = [
            models.UniqueConstraint(
                fields=["toggl_project"],
                name="toggl_project_in_one_project",
                violation_error_message=TOGGL_PROJECT_TAKEN,
            )
        ]

    def __str__(self) -> str:
        return str(self.toggl_project)


class ProjectGoal(ConstraintsInWords, KeepsRevisions):
    """A goal that belongs to a project."""

    exported = True

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="goal_links")
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="project_links")

    objects = KeepsRevisionsQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "goal"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "goal"],
                name="goal_once_in_a_project",
                violation_error_message="This goal already belongs to the project.",
            )
        ]

    def __str__(self) -> str:
        return str(self.goal)


def links() -> dict[str, type[ProjectRepository | ProjectTogglProject | ProjectGoal]]:
    """Return by kind of what can belong to a project the rows that say so."""
    return {
        "repository": ProjectRepository,
        "toggl_project": ProjectTogglProject,
        "goal": ProjectGoal,
    }


def toggl_ids_of(project: int | None) -> tuple[str, ...]:
    """Return Toggl's ids of the Toggl projects of a project, as time entries have them; without one, of all projects."""
    links = ProjectTogglProject.objects.all()
    if project is not None:
        links = links.filter(project=project)
    return tuple(links.values_list("toggl_project__source_id", flat=True))


def unassigned_repositories() -> models.QuerySet[Repository]:
    """Return the repositories that totals are made of and that belong to no project."""
    rows: models.QuerySet[Repository] = Repository.objects.counted().filter(project_links=None)
    return rows.order_by("full_name").defer("raw")


def unassigned_toggl_projects() -> models.QuerySet[TogglProject]:
    """Return the Toggl projects that belong to no project."""
    rows: models.QuerySet[TogglProject] = TogglProject.objects.live().filter(project_links=None)
    return rows.order_by("name", "pk").defer("raw")


# --- Suggestions ----------------------------------------------------------------------------------

# A shorter name is in many others.
SHORTEST_NAME = 4


def plain(name: str) -> str:
    """Return the letters and digits of a name, in small letters: "Garden-Planner" is like "garden planner"."""
    return "".join(char for char in name.casefold() if char.isalnum())


def are_alike(one: str, other: str) -> bool:
    """Return whether two plain names are equal, or the longer one begins with the shorter one, which is most of it."""
    short, long = sorted((one, other), key=len)
    if not short or short == long:
        return bool(short)
    return len(short) >= max(SHORTEST_NAME, len(long) / 2) and long.startswith(short)


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def with_names(self) -> Self:
        """Return the same, with the names in their texts read at once."""
        joined = self.select_related("project", "repository", "toggl_project")
        return joined.defer("repository__raw", "toggl_project__raw")

    def waiting(self) -> Self:
        """Return those that wait for an answer: what they would join belongs to no project yet."""
        return self.answerable().filter(state=Suggestion.State.PROPOSED)

    def answerable(self) -> Self:
        """Return those whose parts can be joined."""
        return self.with_names().loose().filter(project__deleted_at__isnull=True)

    def loose(self) -> Self:
        """Return those whose repository and Toggl project belong to no project."""
        return self.filter(repository__project_links=None, toggl_project__project_links=None)

    def find(self) -> int:
        """Store what is suggested by similar names and was not before, or was confirmed and is joined no more; return how
        many. What was refused is not suggested again, and what nobody has answered and is no longer suggested is deleted."""
        found = {one.key: one for one in alike()}
        outdated = self.filter(state=Suggestion.State.PROPOSED).exclude(key__in=found)
        outdated.delete()
        known = set(self.filter(key__in=found).values_list("key", flat=True))
        new = [one for key, one in found.items() if key not in known]
        self.bulk_create(new, ignore_conflicts=True)
        return len(new) + self.filter(key__in=found).propose_again()

    def propose_again(self) -> int:
        """Propose what was confirmed and was taken out of its project since; return how many."""
        parted = self.loose().filter(state=Suggestion.State.CONFIRMED)
        return parted.update(state=Suggestion.State.PROPOSED, updated_at=timezone.now())


class Suggestion(models.Model):
    """Two of a project, a repository and a Toggl project whose names are alike, so that they may belong together."""

    not_exported = "which joins were suggested by similar names, and what was said to it"

    class State(models.TextChoices):
        PROPOSED = "proposed", "proposed"
        CONFIRMED = "confirmed", "confirmed"
        REFUSED = "refused", "refused"

    key = models.CharField(max_length=100, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True)
    repository = models.ForeignKey(Repository, on_delete=models.CASCADE, null=True)
    toggl_project = models.ForeignKey(TogglProject, on_delete=models.CASCADE, null=True)
    state = models.CharField(max_length=9, choices=State, default=State.PROPOSED)
    created_at = models.DateTimeField("added", auto_now_add=True)
    updated_at = models.DateTimeField("last changed", auto_now=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text

    @property
    def sides(self) -> list[tuple[str, str]]:
        """Return what the two are, and what they are called."""
        parts = {
            "repository": self.repository and self.repository.full_name,
            "Toggl project": self.toggl_project and self.toggl_project.name,
            "project": self.project and self.project.name,
        }
        return [(kind, name) for kind, name in parts.items() if name]

    @property
    def text(self) -> str:
        named = " and ".join(f"the {kind} {name}" for kind, name in self.sides)
        return f"{named[:1].upper()}{named[1:]} may belong together."

    @transaction.atomic
    def confirm(self) -> Project:
        """Join what the suggestion names, in a new project where it names none. Raises ConstraintViolated where a part
        belongs to another project by now."""
        project = self.project
        if project is None:
            name = self.toggl_project.name if self.toggl_project else str(self.repository)
            project = Project.objects.live().get_or_create(name=name[:100])[0]
        if project.deleted_at:
            raise ValidationError(PROJECT_DELETED)
        if self.repository:
            ProjectRepository(project=project, repository=self.repository).save()
        if self.toggl_project:
            ProjectTogglProject(project=project, toggl_project=self.toggl_project).save()
        self.answer(self.State.CONFIRMED)
        return project

    def refuse(self) -> None:
        """Refuse it, so that it is not made again. Raises ValidationError where it was confirmed."""
        open_ones = Suggestion.objects.exclude(state=self.State.CONFIRMED)
        if not self.answer(self.State.REFUSED, open_ones):
            raise ValidationError(ALREADY_CONFIRMED)

    def ask_again(self) -> None:
        """Take a refusal back. Raises ValidationError where it was confirmed."""
        open_ones = Suggestion.objects.exclude(state=self.State.CONFIRMED)
        if not self.answer(self.State.PROPOSED, open_ones):
            raise ValidationError(ALREADY_CONFIRMED)

    def answer(self, state: State, among: SuggestionQuerySet | None = None) -> bool:
        """Store the answer if the suggestion is among these; return whether it is."""
        rows = Suggestion.objects.all() if among is None else among
        answered = rows.filter(pk=self.pk).update(state=state, updated_at=timezone.now())
        if answered:
            self.state = state
        return bool(answered)


def alike() -> list[Suggestion]:
    """Return what is suggested now: parts without a project and a project with a like name; else a repository and a
    Toggl project."""
    projects = [(plain(one.name), one) for one in Project.objects.live()]
    repositories = [(plain(one.name), one) for one in unassigned_repositories()]
    toggl_projects = [(plain(one.name), one) for one in unassigned_toggl_projects()]
    found = [
        Suggestion(
            key=f"project {project.pk}, repository {one.pk}", project=project, repository=one
        )
        for name, one in repositories
        for other, project in projects
        if are_alike(name, other)
    ]
    found += [
        Suggestion(
            key=f"project {project.pk}, Toggl project {one.pk}", project=project, toggl_project=one
        )
        for name, one in toggl_projects
        for other, project in projects
        if are_alike(name, other)
    ]
    taken = {part for one in found for part in (one.repository, one.toggl_project) if part}
    found += [
        Suggestion(
            key=f"repository {one.pk}, Toggl project {two.pk}", repository=one, toggl_project=two
        )
        for name, one in repositories
        for other, two in toggl_projects
        if are_alike(name, other) and not {one, two} & taken
    ]
    return found
