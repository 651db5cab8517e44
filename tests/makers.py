"""Records of each kind, for tests that need some."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from fasting.models import FastingPeriod
from github_projects.models import GITHUB, Commit, Inclusion, Repository
from lifetracker.days import local_date, local_hour
from lifetracker.models import ApiToken, IssuedToken, WebhookDelivery
from time_logs.models import TimeEntry, TogglProject, TogglTag
from weight.models import MeasureGroup, WeighIn

MORNING = datetime(2026, 9, 16, 6, tzinfo=UTC)


def weigh_in(days_ago: float = 0, kg: float = 70, **fields: Any) -> WeighIn:
    moment = MORNING - timedelta(days=days_ago)
    return WeighIn.objects.create(**{"measured_at": moment, "weight_kg": kg} | fields)


def measure_group(days_ago: float = 0, **fields: Any) -> MeasureGroup:
    values = {
        "source": "Withings",
        "source_id": f"{3_000_000 + days_ago}",
        "measured_at": MORNING - timedelta(days=days_ago),
        "weight_kg": 70,
        "raw": {"grpid": 1},
    }
    return MeasureGroup.objects.create(**values | fields)


def entry(days_ago: float = 0, minutes: float | None = 60, **fields: Any) -> TimeEntry:
    """Of so many minutes; None for one that is running."""
    start = MORNING - timedelta(days=days_ago)
    end = None if minutes is None else start + timedelta(minutes=minutes)
    return TimeEntry.objects.create(**{"start": start, "end": end} | fields)


def toggl_project(number: int = 0, **fields: Any) -> TogglProject:
    values = {"source": "Toggl", "source_id": str(number), "name": f"Project {number}"}
    return TogglProject.objects.create(**values | fields)


def toggl_tag(number: int = 0, **fields: Any) -> TogglTag:
    values = {"source": "Toggl", "source_id": str(number), "name": f"tag {number}"}
    return TogglTag.objects.create(**values | fields)


def fast(days_ago: float = 0, hours: float | None = 16, **fields: Any) -> FastingPeriod:
    """Of so many hours; None for one that is running."""
    start = MORNING - timedelta(days=days_ago, hours=12)
    end = None if hours is None else start + timedelta(hours=hours)
    return FastingPeriod.objects.create(**{"start": start, "end": end} | fields)


def delivery(number: int = 0, **fields: Any) -> WebhookDelivery:
    values = {"source": "Whoop", "delivery_id": f"trace-{number}", "event": "sleep.updated"}
    return WebhookDelivery.objects.create(**values | fields)


def repository(name: str = "portal", **fields: Any) -> Repository:
    number = 7_000 + Repository.objects.count()
    values = {"source": GITHUB, "source_id": str(number), "name": name, "tip_oid": "", "raw": {}}
    values |= {"full_name": f"robin/{name}", "mined_at": MORNING}
    return Repository.objects.create(**values | fields)


def commit(*repositories: Repository, days_ago: float = 0, **fields: Any) -> Commit:
    """Of ten lines added and four deleted, in these repositories."""
    moment = fields.pop("at", MORNING - timedelta(days=days_ago))
    values = {
        "source": GITHUB,
        "source_id": f"{Commit.objects.count():040x}",
        "authored_at": moment,
        "committed_at": moment,
        "date": local_date(moment),
        "hour": local_hour(moment),
        "author_email": "robin@example.org",
        "added": 10,
        "deleted": 4,
    }
    made = Commit.objects.create(**values | fields)
    Inclusion.objects.bulk_create(Inclusion(repository=one, commit=made) for one in repositories)
    return made


def api_token(name: str = "a script", **options: Any) -> IssuedToken:
    """Of `user`, or of the person robin."""
    user = options.pop("user", None) or User.objects.get_or_create(username="robin")[0]
    return ApiToken.objects.issue(user, name, **options)
