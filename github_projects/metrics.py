"""The metrics of the owner's own commits in the repositories that totals are made of."""

from __future__ import annotations

from functools import partial

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum
from django.db.models.expressions import Expression
from django.db.models.functions import Cast, Coalesce

from github_projects.models import EARLIEST_DATE, Commit, Repository
from lifetracker.days import latest
from lifetracker.metrics.declaration import WORK, Absent, Grouped, Metric, Role, Rows, Step
from lifetracker.metrics.registry import register_metrics

#: The hour of the day from which on a commit is late.
LATE = 23


def counted() -> QuerySet[Repository]:
    return Repository.objects.counted().order_by()


def own_commits() -> QuerySet[Commit]:
    rows = Commit.objects.each_within(counted()).filter(mine=True)
    # As `plausible` has it, but not as a column by whose index the database would rather look than by the date's.
    moment = Coalesce("authored_at", "committed_at")
    plausible: QuerySet[Commit] = rows.alias(moment=moment).filter(
        moment__range=(EARLIEST_DATE, latest())
    )
    return plausible


def own_commits_with_repositories() -> QuerySet[Commit]:
    """Return the same for what joins their repositories, which would multiply what is counted with it."""
    return own_commits()


def of_commits(rows: Rows, day: Expression) -> Grouped:
    return Grouped(rows=rows, day=Cast(day, FloatField()))


code_metric = partial(Metric, model=Repository, absent=Absent.ZERO, role=Role.BOTH)
amount_metric = partial(code_metric, amount_of=WORK)


commits = amount_metric(
    key="github.commits",
    step=Step(5.0, "5 more"),
    series=of_commits(own_commits, Count("pk")),
    label="Commits",
    unit="",
    smallest=1.0,
    additive=True,
)
churn = amount_metric(
    key="github.churn",
    step=Step(100.0, "100 more"),
    series=of_commits(own_commits, Sum(F("added") + F("deleted"))),
    label="Lines changed",
    unit="lines",
    smallest=10.0,
    additive=True,
    parents=("github.commits",),
)
sitting_hours = amount_metric(
    key="github.sitting_hours",
    step=Step(1.0, "1 hour more"),
    series=of_commits(own_commits, Sum("sitting_seconds") / 3600.0),
    label="Hours between commits",
    unit="h",
    decimals=1,
    smallest=0.25,
    additive=True,
    parents=("github.commits",),
)
# Not added up: a repository that was worked on twice in a week is one.
active_repositories = amount_metric(
    key="github.active_repositories",
    step=Step(1.0, "1 more"),
    series=of_commits(
        own_commits_with_repositories,
        Count(
            "repository_links__repository",
            filter=Q(repository_links__repository__in=counted().values("pk")),
            distinct=True,
        ),
    ),
    label="Active repositories",
    unit="",
    smallest=1.0,
    parents=("github.commits",),
)
late_commits = code_metric(
    key="github.late_commits",
    step=Step(1.0, "1 more"),
    series=of_commits(own_commits, Count("pk", filter=Q(hour__gte=LATE))),
    label="Late commits",
    unit="",
    smallest=1.0,
    additive=True,
    parents=("github.commits",),
)

register_metrics(commits, churn, sitting_hours, active_repositories, late_commits)
