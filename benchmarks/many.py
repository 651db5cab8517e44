"""A database with many records of each kind, made by one statement for each table: for measurements of
pages, and for the tests that bound what a page reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

TEN_YEARS = timedelta(days=3650)
# Of these a life has fewer: one for so many records of the other kinds.
RARE = 200
HOUR = 3600
DAY = 24 * HOUR
# So many are what work is about, however much of it there is.
PROJECTS = 30
BEHAVIOURS = 20


@dataclass(frozen=True)
class Dialect:
    """Expressions of the connected database; `number` is that of a row, from 0."""

    newest: int

    @property
    def is_sqlite(self) -> bool:
        return connection.vendor == "sqlite"

    def numbers(self, rows: int) -> str:
        if self.is_sqlite:
            return (
                "WITH RECURSIVE numbers(number) AS (SELECT 0 UNION ALL "  # noqa: S608 - all of it is ours
                f"SELECT number + 1 FROM numbers WHERE number < {rows - 1})"
            )
        return f"WITH numbers AS (SELECT generate_series(0, {rows - 1}) AS number)"

    def moment(self, ago: str) -> str:
        """So many seconds before the newest."""
        at = f"{self.newest} - ({ago})"
        if self.is_sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%S', {at}, 'unixepoch')"
        return f"to_timestamp({at})"

    def day(self, ago: str) -> str:
        """The date of that moment in UTC."""
        at = f"{self.newest} - ({ago})"
        if self.is_sqlite:
            return f"strftime('%Y-%m-%d', {at}, 'unixepoch')"
        return f"(to_timestamp({at}) AT TIME ZONE 'UTC')::date"

    def json(self, text: str) -> str:
        return text if self.is_sqlite else f"({text})::jsonb"

    def neutral(self, field: models.Field[Any, Any]) -> str:
        """What stands in a column of which nothing is said."""
        if field.null:
            return "NULL"
        if isinstance(field, models.JSONField):
            return self.json("'{}'")
        if isinstance(field, models.BooleanField):
            return "(1 = 0)"
        if isinstance(field, models.DateTimeField):
            return self.moment("0")
        if isinstance(field, models.CharField | models.TextField):
            return "''"
        return "0"


def fill(
    rows: int, now: datetime, span: timedelta = TEN_YEARS, *, has_payloads: bool = True
) -> None:
    """Store so many records of each kind, over the time before `now`, and one that runs of each kind that
    can. Their dates are those of UTC. Without payloads it takes half the time."""
    dialect = Dialect(int(now.timestamp()))
    step = int(span.total_seconds()) // rows
    with transaction.atomic():
        for name, values in {**records(dialect, step), **books(dialect, step)}.items():
            left_out = {} if has_payloads or "raw" not in values else {"raw": "NULL"}
            insert(dialect, name, rows, values | left_out)
        insert(dialect, "nutrition.MealItem", rows, eaten(dialect))
        insert(dialect, "journal.Behaviour", BEHAVIOURS, behaviour(dialect))
        insert(dialect, "journal.Answer", rows, answer(dialect))
        days = min(rows, int(span.total_seconds()) // DAY)
        insert(dialect, "nutrition.CompleteDay", days, {"date": dialect.day(f"number * {DAY}")})
        insert(dialect, "apple_health.AppleDay", days, apple_day(dialect))
        insert(dialect, "apple_health.AppleNight", rows, apple_night(dialect, step))
        for name, values in rare(dialect, step * RARE).items():
            insert(dialect, name, rows // RARE + 1, values)
        include_commits()
        insert(dialect, "projects.Project", PROJECTS, project(dialect))
        join_projects()
        for name, values in running(dialect).items():
            insert(dialect, name, 1, values)
    if not dialect.is_sqlite:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def insert(dialect: Dialect, name: str, rows: int, values: dict[str, str]) -> None:
    model: Any = apps.get_model(name)
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    if unknown := values.keys() - {field.attname for field in fields}:
        raise ValueError(f"{name} has no {', '.join(sorted(unknown))}")
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    made = ", ".join(values.get(field.attname) or dialect.neutral(field) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{dialect.numbers(rows)} INSERT INTO {table} ({columns}) SELECT {made} FROM numbers"  # noqa: S608 - all of it is ours
        )


def include_commits() -> None:
    """Each commit in one repository, each tenth in a second one."""
    with connection.cursor() as cursor:
        for place, condition in (
            ("commits.id", "1 = 1"),
            ("commits.id + 1", "commits.id % 10 = 0"),
        ):
            cursor.execute(
                "INSERT INTO github_projects_repositorycommit (repository_id, commit_id) "  # noqa: S608 - all of it is ours
                f"SELECT first + ({place}) % number, commits.id FROM github_projects_commit commits "
                "CROSS JOIN (SELECT MIN(id) AS first, COUNT(*) AS number "
                f"FROM github_projects_repository) repositories WHERE {condition} ON CONFLICT DO NOTHING"
            )


def project(dialect: Dialect) -> dict[str, str]:
    at = dialect.moment("0")
    named = {"name": "'Project ' || number", "status": "'active'"}
    return named | {"created_at": at, "updated_at": at, "parted": dialect.json("'{}'")}


def join_projects() -> None:
    """Seven of ten repositories and of ten Toggl projects in one of the projects."""
    number = "CAST(beside.source_id AS INTEGER)"
    with connection.cursor() as cursor:
        for table, column, beside in (
            ("projectrepository", "repository_id", "github_projects_repository"),
            ("projecttogglproject", "toggl_project_id", "time_logs_togglproject"),
        ):
            cursor.execute(
                f"INSERT INTO projects_{table} (project_id, {column}) "  # noqa: S608 - all of it is ours
                f"SELECT project.id, beside.id FROM {beside} beside JOIN projects_project project "
                f"ON project.name = 'Project ' || ({number} % {PROJECTS}) WHERE {number} % 10 < 7"
            )


def spread(lowest: float, highest: float) -> str:
    """A number between the two that changes from row to row."""
    return f"({lowest} + (number * 37 % 100) * {(highest - lowest) / 100:.4f})"


def records(dialect: Dialect, step: int) -> dict[str, dict[str, str]]:
    """What people live: each record begins one step before the next."""
    payload = dialect.json(
        """'{"id": "' || number || '", "note": "' || """
        "'0123456789 0123456789 0123456789 0123456789 0123456789 0123456789'"
        """ || '", "score": {"first": 12.5, "second": 70.25, "third": 8000}}'"""
    )

    def lasting(most: int) -> tuple[str, str, int]:
        """How long ago it began and ended, and how long it lasted."""
        length = min(step * 3 // 4, most)
        return f"(number + 1) * {step}", f"(number + 1) * {step} - {length}", length

    def synced(source: str, name: str, ago: str) -> dict[str, str]:
        moments = dict.fromkeys(("created_at", "updated_at"), dialect.moment(ago))
        known = {"source": f"'{source}'", "source_id": f"'{name}-' || number", "raw": payload}
        return known | moments | {"digest": "'0123456789abcdef0123456789abcdef'"}

    begun, ended, worked = lasting(HOUR * 3 // 2)
    _, woken, _ = lasting(8 * HOUR)
    _, trained, minutes = lasting(HOUR)
    _, fed, fasted = lasting(16 * HOUR)
    start, weighed = dialect.moment(begun), f"number * {step}"
    scored = {"score_state": "'SCORED'"}
    whoop = {"cycle_id": "number", "utc_offset_min": "0", "start_time": start} | scored
    measures = {
        "measured_at": dialect.moment(weighed),
        "weight_kg": spread(70, 74),
        "fat_ratio": spread(18, 22),
        "device": "'Body+'",
        "attribution": "0",
    }
    workout = synced("Whoop", "workout", trained) | {
        "date": dialect.day(begun),
        "start": start,
        "end": dialect.moment(trained),
        "utc_offset_min": "0",
        "sport_name": "'running'",
        "strain": spread(4, 18),
        "average_heart_rate": "120 + number % 40",
        "max_heart_rate": "170",
        "calories": spread(200, 900),
        "duration_min": f"{minutes / 60}",
    }
    return {
        "whoop.WhoopRecovery": synced("Whoop", "recovery", begun)
        | {"cycle_id": "number", "sleep_id": "'sleep-' || number", "start_time": start}
        | {"date": dialect.day(begun), "recovery_score": spread(20, 95)}
        | {"hrv_rmssd": spread(30, 80), "resting_heart_rate": spread(48, 60)}
        | scored,
        "whoop.WhoopSleep": synced("Whoop", "sleep", woken)
        | whoop
        | {"sleep_id": "'sleep-' || number", "date": dialect.day(woken)}
        | {"end_time": dialect.moment(woken), "nap": "(number % 10 = 9)"}
        | {"total_sleep_hours": spread(5, 9), "sleep_performance": spread(60, 100)},
        "whoop.WhoopCycle": synced("Whoop", "cycle", ended)
        | whoop
        | {"date": dialect.day(ended), "end_time": dialect.moment(ended)}
        | {"strain": spread(4, 18), "kilojoules": spread(7000, 12000)},
        "workouts.Workout": workout | scored,
        "weight.WeighIn": synced("Withings", "weigh-in", weighed)
        | {"date": dialect.day(weighed)}
        | measures,
        "weight.MeasureGroup": synced("Withings", "group", weighed) | measures,
        "time_logs.TimeEntry": synced("Toggl", "entry", ended)
        | {"date": dialect.day(begun), "start": start, "end": dialect.moment(ended)}
        | {"duration": f"{worked}", "project": "'Project ' || (number % 12)"}
        | {
            "project_ref": "'' || (number % 12)",
            "client": "'Client ' || (number % 4)",
            "description": "'Piece of work ' || (number % 500)",
        }
        | {"tags": dialect.json("""'["tag ' || (number % 5) || '"]'""")},
        "fasting.FastingPeriod": synced("Zero", "fast", fed)
        | {"date": dialect.day(fed), "start": start, "end": dialect.moment(fed)}
        | {
            "duration_hours": f"{fasted / HOUR}",
            "goal_hours": f"{fasted / HOUR / 2} * (1 + number % 1000 / 900 * 2)",
        },
        **diary(dialect, synced, begun),
        "github_projects.Commit": synced("GitHub", "commit", begun)
        | {"date": dialect.day(begun), "hour": "number % 24", "raw": "NULL"}
        | {"authored_at": start, "committed_at": start, "author_email": "'robin@example.org'"}
        | {"added": "number % 200", "deleted": "number % 90", "mine": "(1 = 1)"}
        | {"merge": "(number % 20 = 0)"},
    }


def diary(
    dialect: Dialect, synced: Callable[[str, str, str], dict[str, str]], begun: str
) -> dict[str, dict[str, str]]:
    """Foods, each 200th an own one, and a meal of each hour that there is."""
    values = {"kcal": spread(20, 600), "protein": spread(0, 30), "servings": dialect.json("'[]'")}
    named = {"name": "'Food ' || number", "search_text": "'food ' || number", "measure": "'g'"}
    food = synced("OpenFoodFacts", "food", begun) | named | values
    source = f"CASE number % {RARE} WHEN 0 THEN 'Manual' ELSE 'OpenFoodFacts' END"
    food |= {"source": source, "barcode": "'' || (4000000000000 + number)"}
    food |= {"at_least": dialect.json("'[]'"), "popularity": "number % 1000"}
    meal = {"date": dialect.day(begun), "eaten_at": dialect.moment(begun), "kind": "'lunch'"}
    note = {"date": dialect.day(begun), "written_at": dialect.moment(begun)}
    note |= {"text": "'Note ' || number", "tags": dialect.json("'[\"walk\"]'")}
    return {
        "nutrition.FoodItem": food,
        "nutrition.Meal": synced("Manual", "meal", begun) | meal,
        "journal.Note": synced("Manual", "note", begun) | note,
    }


def reported(dialect: Dialect, name: str, ago: str) -> dict[str, str]:
    """What Apple Health knew two days later."""
    moments = dict.fromkeys(("created_at", "updated_at"), dialect.moment(ago))
    known = {"source": "'AppleHealth'", "source_id": f"'{name} ' || number"} | moments
    return known | {"reported_at": dialect.moment(f"{ago} - {2 * DAY}")}


def apple_day(dialect: Dialect) -> dict[str, str]:
    """One for each day."""
    at = f"number * {DAY}"
    figures = {"steps": "2000 + number * 37 % 9000", "mindful_min": "number % 30"}
    figures |= {"resting_heart_rate": spread(48, 60), "hrv_sdnn": spread(30, 80)}
    return reported(dialect, "day", at) | {"date": dialect.day(at)} | figures


def apple_night(dialect: Dialect, step: int) -> dict[str, str]:
    """Every second one while WHOOP has a sleep, and the others between two of these, so that they count."""
    begun, ended = (
        f"(number + 1) * {step} - (CASE number % 2 WHEN 0 THEN {shared} ELSE {alone} END)"
        for shared, alone in ((0, step * 4 // 5), (step // 2, step * 19 // 20))
    )
    times = {"start_time": dialect.moment(begun), "end_time": dialect.moment(ended)}
    stages = {"asleep_min": spread(300, 540), "in_bed_min": spread(360, 600)}
    known = {"date": dialect.day(ended), "utc_offset_min": "0", "nap": "(number % 10 = 9)"}
    return reported(dialect, "night", ended) | times | stages | known


def behaviour(dialect: Dialect) -> dict[str, str]:
    """One that is answered with yes or no."""
    name = "'Behaviour ' || number"
    named = {"name": name, "folded_name": "'behaviour ' || number", "kind": "'yes_no'"}
    return named | {"source": "'Manual'", "source_id": "'behaviour ' || number"}


def answer(dialect: Dialect) -> dict[str, str]:
    """An answer to each behaviour on each day."""
    behaviour = f"(SELECT MIN(id) FROM journal_behaviour) + number % {BEHAVIOURS}"  # noqa: S608 - a constant
    day = dialect.day(f"(number / {BEHAVIOURS}) * {DAY}")
    known = {"source": "'Manual'", "source_id": "'answer ' || number"}
    return known | {"behaviour_id": behaviour, "date": day, "value": "number % 2"}


def eaten(dialect: Dialect) -> dict[str, str]:
    """An item of each meal."""
    meal = "(SELECT MIN(id) FROM nutrition_meal) + number"
    food = "(SELECT MIN(id) FROM nutrition_fooditem) + number % 50"
    known = {"meal_id": meal, "food_id": food, "name": "'Food ' || (number % 50)", "unit": "'g'"}
    return known | {
        "amount": "100",
        "size": "100",
        "kcal": spread(20, 600),
        "at_least": dialect.json("'[]'"),
    }


def books(dialect: Dialect, step: int) -> dict[str, dict[str, str]]:
    """What the program writes down about its work."""
    at = dialect.moment(f"(number + 1) * {step}")
    source = "CASE number % 4 WHEN 0 THEN 'Whoop' WHEN 1 THEN 'Withings' WHEN 2 THEN 'Toggl' ELSE 'GitHub' END"
    counts = """'{"recovery": {"seen": 25, "created": 1, "updated": 1, "unchanged": 23}}'"""
    return {
        "lifetracker.SyncRun": {
            "source": source,
            "kind": "CASE number % 3 WHEN 0 THEN 'incremental' WHEN 1 THEN 'webhook' ELSE 'today' END",
            "status": "CASE number % 50 WHEN 0 THEN 'failed' ELSE 'success' END",
            "counts": dialect.json(counts),
            "started_at": at,
            "finished_at": at,
        },
        "lifetracker.WebhookDelivery": {
            "source": source,
            "delivery_id": "'delivery-' || number",
            "event": "'sleep.updated'",
            "received_at": at,
            "handled_at": at,
            "resume_at": at,
        },
    }


def rare(dialect: Dialect, step: int) -> dict[str, dict[str, str]]:
    at = dialect.moment(f"number * {step}")
    known = {"created_at": at, "updated_at": at, "source_id": "'' || number"}
    return {
        "github_projects.Repository": known
        | {"source": "'GitHub'", "name": "'repository-' || number", "mined_at": at}
        | {"full_name": "'robin/repository-' || number", "fork": "(number % 10 = 0)"}
        | {"loc": "1000 + number", "commit_count": "200", "my_commit_count": "200"}
        | {"last_commit_date": at},
        "time_logs.TogglProject": known
        | {"source": "'Toggl'", "name": "'Project ' || number", "client": "'Client'"},
        "time_logs.TogglTag": known | {"source": "'Toggl'", "name": "'tag ' || number"},
        "lifetracker.RejectedItem": {
            "source": "'Whoop'",
            "stream": "'sleep'",
            "item_key": "'' || number",
            "reason": "'start: is no time'",
            "payload": "'{}'",
            "first_seen_at": at,
            "last_seen_at": at,
        },
        "lifetracker.DayMark": {
            "date": dialect.day(f"number * {step}"),
            "kind": "'sick'",
            "state": "CASE WHEN number % 2 = 0 THEN 'proposed' ELSE 'confirmed' END",
            "reasons": dialect.json("""'[{"text": "Recovery was red: 20 %."}]'"""),
        },
        **looked_at(dialect, step),
        "experiments.Experiment": {"created_at": at, "updated_at": at, "state": "'stopped'"}
        | {"question": "'Does it help? ' || number", "outcome": "'whoop.hrv'", "better": "'higher'"}
        | {"try_words": "'Try'", "usual_words": "'Leave'", "start": dialect.day(f"number * {step}")}
        | {"block_days": "3", "pairs": "10", "seed": "number", "stop_reason": "'Ill'"}
        | {"stopped_on": dialect.day(f"number * {step}"), "secondary": dialect.json("'[]'")},
        "lifetracker.PendingDeletion": {
            "source": "'Whoop'",
            "stream": "'sleep'",
            "source_id": "'' || number",
            "held_on": dialect.day(f"number * {step}"),
        },
    }


def running(dialect: Dialect) -> dict[str, dict[str, str]]:
    """What has begun a minute ago and has not ended."""
    start, day = dialect.moment("60"), dialect.day("60")
    made = {"created_at": start, "updated_at": start, "source_id": "'running'", "date": day}
    return {
        "time_logs.TimeEntry": made
        | {"source": "'Manual'", "start": start, "project": "'Project 1'"}
        | {"tags": dialect.json("'[]'")},
        "fasting.FastingPeriod": made | {"source": "'Manual'", "start": start},
        "whoop.WhoopCycle": made
        | {"source": "'Whoop'", "start_time": start, "score_state": "'SCORED'"},
    }


def looked_at(dialect: Dialect, step: int) -> dict[str, dict[str, str]]:
    """Looks at the days, and what was found in them: pairs that hold, and changes of metrics."""
    at, day = dialect.moment(f"number * {step}"), dialect.day(f"number * {step}")
    known = {"created_at": at, "updated_at": at, "is_large": "(1 = 1)", "unit": "'ms'"}
    interval = {"low": "1", "high": "3"}
    dots = dialect.json("""'[["2026-01-01", 1, 2], ["2026-01-02", 2, 1]]'""")
    days = dialect.json("""'[["2026-01-01", 1], ["2026-01-02", 2]]'""")
    lists = dict.fromkeys(("compared", "bounds"), dialect.json("'[]'"))
    stretch = {"first_day": day, "last_day": day}
    run = "(SELECT MIN(id) FROM insights_insightrun)"
    tested = {"state": "'confirmed'", "run_id": run}
    finding = "(SELECT MIN(id) FROM insights_finding) + number"
    change = "(SELECT MIN(id) FROM insights_metricchange) + number"
    named = {"action": "'whoop.bedtime'", "outcome": "'metric.' || number"}
    named |= {"action_name": "'Bedtime'", "outcome_name": "'Metric ' || number"}
    return {
        "insights.InsightRun": {"started_at": at, "last_day": day, "tested": "400"} | lists,
        "insights.Finding": known
        | interval
        | stretch
        | named
        | {"state": "'confirmed'", "effect": "2", "points": dots}
        | {"found_on": day, "tested_on": day, "confirmed_on": day, "days": "100"},
        "insights.FindingTest": tested | stretch | {"finding_id": finding},
        "insights.MetricChange": known
        | interval
        | {"metric": "'metric.' || number", "metric_name": "'Metric ' || number"}
        | {"state": "CASE WHEN number % 2 = 0 THEN 'changed' ELSE 'settled' END"}
        | {"before": "50", "after": "52", "difference": "2", "points": days, "base": day}
        | {"around": day, "found_on": day, "tested_on": day, "confirmed_on": day},
        "insights.MetricChangeTest": tested | {"change_id": change, "last_day": day},
    }
