"""Records of each kind, for tests that need some."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from apple_health.models import AppleDay, AppleNight, SentDay
from experiments.models import Experiment
from fasting.models import FastingPeriod
from github_projects.models import GITHUB, Commit, Repository, RepositoryCommit
from goals.models import Goal
from insights.models import (
    Finding,
    FindingTest,
    InsightRun,
    MetricChange,
    MetricChangeTest,
)
from journal.models import Answer, Behaviour, Note
from lifetracker.days import local_date, local_date_and_hour, monday_of
from lifetracker.models import ApiToken, IssuedToken, WebhookDelivery
from lifetracker.models.tokens import Scope
from notifications.models import Notification, PushSubscription
from nutrition.models import FoodItem, Meal, RecipePart
from own_metrics.models import OwnMetric, OwnValue
from review.models import Intention
from time_logs.models import TimeEntry, TogglProject, TogglTag
from weight.models import MeasureGroup, TrendPoint, WeighIn, smooth

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


def apple_day(number: float = 0, **fields: Any) -> AppleDay:
    day = local_date(MORNING - timedelta(days=number))
    values = {
        "source": "AppleHealth",
        "source_id": f"{day}",
        "date": day,
        "reported_at": MORNING,
        "steps": 8_000,
    }
    return AppleDay.objects.create(**values | fields)


def apple_night(number: float = 0, **fields: Any) -> AppleNight:
    end = MORNING - timedelta(days=number)
    values = {
        "source": "AppleHealth",
        "source_id": f"night {local_date(end)}",
        "date": local_date(end),
        "start_time": end - timedelta(hours=8),
        "end_time": end,
        "reported_at": MORNING,
        "asleep_min": 450,
        "in_bed_min": 480,
    }
    return AppleNight.objects.create(**values | fields)


def sent_day(number: float = 0, **fields: Any) -> SentDay:
    """What the phone sent of a day: one hour."""
    at = MORNING - timedelta(days=number)
    values = {"steps": {f"{at:%Y-%m-%dT%H:%M:%SZ}": 812}}
    made = {"date": local_date(at), "reached_at": at, "values": values}
    return SentDay.objects.create(**made | fields)


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


def goal(**fields: Any) -> Goal:
    """Of 20 hours a week."""
    values = {"name": "Enough work", "metric": "time.hours", "kind": "total", "per": "week"}
    return Goal.objects.create(**values | {"target": 20} | fields)


def metric_change(number: int = 0, **fields: Any) -> MetricChange:
    """Of a resting heart rate that fell three weeks ago, and still was lower two weeks after it was seen."""
    day = MORNING.date() - timedelta(days=1)
    run, _ = InsightRun.objects.get_or_create(
        last_day=day, version=1, seed=20, tested=420, found=2, confirmed=1, withdrawn=0
    )
    about = {"metric": "whoop.resting_heart_rate", "metric_name": "Resting heart rate"}
    if number:
        about = {"metric": f"own.{900 + number}", "metric_name": f"Dose {number}"}
    seen = day - timedelta(days=14)
    days = {"found_on": seen, "tested_on": day, "confirmed_on": day}
    days |= {"base": seen - timedelta(days=83), "around": seen - timedelta(days=27)}
    numbers = {"before": 55.1, "after": 52.0, "difference": -3.1, "low": -4.2, "high": -2.0}
    counts = {"known_before": 56, "known_after": 28, "size": -3.1}
    values = about | days | numbers | counts
    values |= {"unit": "bpm", "state": "changed", "is_large": True} | fields
    made = MetricChange.objects.create(**values)
    shown = {"state": made.state, "last_day": day, "before": made.before, "after": made.after}
    MetricChangeTest.objects.create(change=made, run=run, z=-5.2, **shown)
    return made


def finding(number: int = 0, **fields: Any) -> Finding:
    """Of a later bedtime that goes with a lower recovery, found and confirmed by one look."""
    day = MORNING.date() - timedelta(days=1)
    run, _ = InsightRun.objects.get_or_create(
        last_day=day, version=1, seed=20, tested=420, found=2, confirmed=1, withdrawn=0
    )
    about = {"action": "whoop.bedtime", "outcome": "whoop.recovery_score"}
    if number:
        about = {"action": f"journal.{number}", "outcome": "whoop.hrv"}
    names = {"action_name": "Bedtime", "outcome_name": "Recovery"}
    days = {"found_on": day - timedelta(days=120), "tested_on": day, "confirmed_on": day}
    stretch = {"first_day": day - timedelta(days=119), "last_day": day}
    numbers = {"effect": -3.2, "low": -5.1, "high": -1.3}
    counts = {"days": 108, "more_days": 51, "other_days": 57}
    change = {"step": 0.5, "step_words": "30 minutes later", "unit": "%", "is_large": True}
    values = about | names | days | stretch | numbers | counts | change
    values |= {"lag": 0, "state": "confirmed", "found_r": -0.4} | fields
    made = Finding.objects.create(**values)
    FindingTest.objects.create(
        finding=made,
        run=run,
        state=made.state,
        r=-0.38,
        p=0.001,
        days=108,
        effective_days=90,
        **stretch,
        **numbers,
    )
    return made


def experiment(**fields: Any) -> Experiment:
    """Of a fast that is to lift HRV: ten pairs of three days."""
    values: dict[str, Any] = {"question": "Does a long fast lift my HRV?"}
    values |= {"try_words": "fast for 17 hours", "usual_words": "eat as usual"}
    values |= {"action": "fasting.longest", "try_at_least": 17, "usual_below": 17}
    return Experiment.objects.create(**values | {"outcome": "whoop.hrv"} | fields)


def food(name: str = "Skyr", **fields: Any) -> FoodItem:
    """Of 60 kcal per 100 g, and else unknown."""
    return FoodItem.objects.create(**{"name": name, "kcal": 60} | fields)


def meal(days_ago: float = 0, **fields: Any) -> Meal:
    """A snack with nothing in it."""
    return Meal.objects.create(
        **{"eaten_at": MORNING - timedelta(days=days_ago), "kind": "snack"} | fields
    )


def recipe(name: str, *parts: tuple[FoodItem, float], **fields: Any) -> FoodItem:
    """Of so many g or ml of each food."""
    made = FoodItem.objects.create(name=name, is_recipe=True, **fields)
    for position, (part, size) in enumerate(parts):
        about = {"food": part, "amount": size, "unit": part.measure, "size": size}
        RecipePart.objects.create(recipe=made, position=position, **about)
    made.follow_parts()
    return made


def behaviour(name: str = "Alcohol", **fields: Any) -> Behaviour:
    """Answered with yes or no."""
    return Behaviour.objects.create(**{"name": name} | fields)


def own_metric(name: str = "Ferritin", **fields: Any) -> OwnMetric:
    return OwnMetric.objects.create(**{"name": name, "unit": "µg/l"} | fields)


def own_value(metric: OwnMetric, value: float = 80, days_ago: float = 0, **fields: Any) -> OwnValue:
    """On a day, without a time."""
    day = local_date(MORNING - timedelta(days=days_ago))
    return OwnValue.objects.create(**{"metric": metric, "date": day, "value": value} | fields)


def answer(behaviour: Behaviour, value: float = 1, days_ago: float = 0, **fields: Any) -> Answer:
    day = local_date(MORNING - timedelta(days=days_ago))
    return Answer.objects.create(**{"behaviour": behaviour, "date": day, "value": value} | fields)


def note(days_ago: float = 0, **fields: Any) -> Note:
    written = MORNING - timedelta(days=days_ago)
    return Note.objects.create(**{"written_at": written, "text": "A walk."} | fields)


def intention(
    weeks_ago: int = 0, text: str = "Phone out of the bedroom", **fields: Any
) -> Intention:
    monday = monday_of(local_date(MORNING)) - timedelta(weeks=weeks_ago)
    return Intention.objects.create(**{"date": monday, "text": text} | fields)


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
        "hour": local_date_and_hour(moment, timezone.get_current_timezone())[1],
        "author_email": "robin@example.org",
        "added": 10,
        "deleted": 4,
    }
    made = Commit.objects.create(**values | fields)
    RepositoryCommit.objects.bulk_create(
        RepositoryCommit(repository=one, commit=made) for one in repositories
    )
    return made


def robin() -> User:
    """The owner."""
    return User.objects.get_or_create(username="robin", defaults={"is_staff": True})[0]


def api_token(name: str = "a script", **options: Any) -> IssuedToken:
    """Of `user`, or of the person robin. `read_only`: one for reading."""
    user = options.pop("user", None) or robin()
    if options.pop("read_only", False):
        options["scope"] = Scope.READ
    return ApiToken.objects.issue(user, name, **options)


def notification(number: int = 0, **fields: Any) -> Notification:
    """Of a goal that was due tonight, by mail."""
    values = {"kind": "goal", "key": f"{number} 2026-09-16", "channel": "mail", "state": "sent"}
    text = {
        "title": f"Due tonight: goal {number}",
        "text": "Still missing today: 30 min. So far: 1 h 30 of 2 h a day.",
    }
    return Notification.objects.create(**values | text | fields)


def push_subscription(number: int = 0, **fields: Any) -> PushSubscription:
    """Of a browser that is reached nowhere."""
    values: dict[str, Any] = {"digest": f"{number:064}", "browser": f"Firefox {number}"}
    values |= {"endpoint": f"https://push.invalid/{number}", "p256dh": "A", "auth": "A"}
    return PushSubscription.objects.create(**values | {"user": robin()} | fields)


def whole_trend() -> list[TrendPoint]:
    """Of the weight, from the first weigh-in on, as it is defined."""
    return smooth((day, float(kg)) for day, kg in WeighIn.objects.all().weights())
