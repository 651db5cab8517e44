"""The contract of the API: each path, what it answers without a login and with one, and the names of
what it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone

from experiments.models import Experiment
from fasting.models import FastingPeriod
from goals.models import FreePeriod, Goal
from insights.models import Finding, MetricChange
from journal.models import Answer, Note
from lifetracker.api.schema import description
from lifetracker.models import MANUAL, DayMark, SyncRun
from lifetracker.sandbox.server import Sandbox
from nutrition.models import FoodItem, Meal, MealItem
from oauth_integration.models import OAuthCredential
from own_metrics.models import OwnValue
from projects.models import Project, Suggestion
from review.models import Intention
from tests import databases
from tests.browser import scenes
from tests.conftest import store_tokens, use
from time_logs.models import TimeEntry
from weight.models import WeighIn
from workouts.models import Workout

pytestmark = pytest.mark.django_db

# To who is not logged in.
REFUSED = 401
TO_THE_LOGIN = 302

# --- Names ----------------------------------------------------------------------------------------

ZONES = {f"zone_{zone}_min" for zone in range(6)}
RECOVERY = {
    *("cycle_id", "sleep_id", "date", "recovery_score", "resting_heart_rate", "hrv_rmssd"),
    *(
        "spo2_percentage",
        "skin_temp_celsius",
        "user_calibrating",
        "score_state",
        "in_future",
        "updated_at",
    ),
}
SLEEP = {
    *("sleep_id", "cycle_id", "date", "start_time", "end_time", "utc_offset_min", "nap"),
    *("total_sleep_hours", "sleep_performance", "sleep_efficiency", "sleep_consistency"),
    *("rem_sleep_min", "deep_sleep_min", "light_sleep_min", "awake_min", "respiratory_rate"),
    *("need_baseline_min", "need_from_debt_min", "need_from_strain_min", "need_from_nap_min"),
    *("in_bed_min", "no_data_min", "sleep_cycle_count", "disturbance_count"),
    *("score_state", "in_future", "updated_at"),
}
APPLE_DAY = {
    *("id", "source", "date", "steps", "active_energy_kcal", "resting_heart_rate", "hrv_sdnn"),
    *("wrist_temperature", "mindful_min", "dietary_energy_kcal", "protein_g", "carbs_g", "fat_g"),
    *("fiber_g", "reported_at", "updated_at"),
}
APPLE_NIGHT = {
    *("id", "source", "date", "start_time", "end_time", "utc_offset_min", "nap", "device"),
    *("asleep_min", "in_bed_min", "core_min", "deep_min", "rem_min", "awake_min"),
    *("reported_at", "in_future", "updated_at"),
}
CYCLE = {
    *("cycle_id", "date", "start_time", "end_time", "utc_offset_min", "strain", "kilojoules"),
    *(
        "average_heart_rate",
        "max_heart_rate",
        "step_count",
        "score_state",
        "in_future",
        "updated_at",
    ),
}
PROFILE = {
    *("user_id", "first_name", "last_name", "email"),
    *("height_meter", "weight_kilogram", "max_heart_rate", "updated_at"),
}
EXERCISE = {
    *("date", "sport_id", "sport_name", "strain", "average_heart_rate", "max_heart_rate"),
    *(
        "calories",
        "distance_meters",
        "duration_min",
        *ZONES,
        "score_state",
        "in_future",
        "updated_at",
    ),
    *("utc_offset_min", "altitude_gain_meters", "altitude_change_meters", "percent_recorded"),
}
WHOOP_WORKOUT = EXERCISE | {"workout_id", "start_time", "end_time", "sport"}
WORKOUT = EXERCISE | {"id", "source", "start", "end"}
WEIGH_IN = {
    *("id", "source", "date", "measured_at", "weight_kg", "fat_ratio", "fat_mass_kg"),
    *("lean_mass_kg", "muscle_mass_kg", "bone_mass_kg", "hydration_kg", "heart_pulse"),
    *("attribution", "device", "ambiguous", "is_mine", "counted", "in_future", "updated_at"),
}
FAST = {
    *("id", "source", "date", "start", "end", "duration_hours", "goal_hours", "note"),
    *("utc_offset_min", "in_future", "updated_at"),
}
ENTRY = {
    *("id", "source", "date", "project", "client", "description", "tags", "billable"),
    *("start", "end", "duration", "running", "in_future", "updated_at"),
}
REPOSITORY = {
    *("id", "name", "full_name", "time_spent_min", "loc", "commit_count", "active_days"),
    *("last_commit_date", "code_churn", "primary_language", "languages", "repository_size_kb"),
    *("html_url", "private", "fork", "archived", "disabled", "default_branch", "pushed_at"),
    *("loc_generated", "loc_by_language", "loc_method", "merge_count", "lines_added"),
    *("lines_deleted", "code_churn_generated", "first_commit_date", "my_commit_count"),
    *("my_active_days", "my_code_churn", "mined_at", "failure", "failed_at", "gone_at"),
    "not_visible_since",
    "updated_at",
}
BEHAVIOUR = {
    *("id", "source", "name", "kind", "unit", "position", "archived_at", "merged_into"),
    "updated_at",
}
ANSWER = {"id", "source", "behaviour", "date", "value", "note", "updated_at"}
NOTE = {
    *("id", "source", "date", "written_at", "text", "tags", "utc_offset_min", "in_future"),
    "updated_at",
}
REVIEW = {
    *("period", "length", "first_day", "last_day", "is_over", "title", "notes", "sections"),
}
INTENTION = {"id", "source", "date", "text", "kept", "note", "updated_at"}
OWN_METRIC = {"id", "source", "name", "unit", "decimals", "per_day", "better", "updated_at"}
OWN_VALUE = {
    *("id", "source", "metric", "date", "measured_at", "value", "note", "file_name"),
    *("in_future", "updated_at"),
}
TYPED_ANSWER = {"behaviour": scenes.ALCOHOL, "date": "2026-09-12", "value": 1}
TYPED_VALUE = {"metric": scenes.FERRITIN, "date": "2026-09-12", "value": 61.5}
TYPED_NOTE = {"written_at": "2026-09-16T08:00:00Z", "text": "A walk.", "tags": ["walk"]}
TYPED_INTENTION = {"date": "2026-09-21", "text": "Two evenings without a screen"}
REPORT = {"healthy", "checked_at", "version", "troubles", "notes", "sources", "queue", "storage"}
PROJECT = {
    *("id", "name", "status", "start", "end", "notes", "repositories", "toggl_projects", "goals"),
    *("totals", "updated_at"),
}
UNASSIGNED = {"totals", "repositories", "toggl_projects"}
SUGGESTION = {"id", "text", "project", "repository", "toggl_project", "state"}
REVISION = {"id", "record", "kind", "old_values", "changed_at", "run", "changed_by"}
DAY_MARK = {"id", "date", "kind", "state", "note", "reasons", "spell", "confirmed_at", "updated_at"}
FORECAST = {"known_days", "slope_per_week", "slope_error_per_week", "days", "target", "detail"}
CODE = {
    *("start_date", "end_date", "commits", "merges", "active_days", "added", "deleted"),
    *("generated", "code_churn", "repositories", "loc", "repository_size_kb", "all_time"),
    *("per_day", "per_repository", "per_owner_project", "by_weekday_and_hour"),
    *("repositories_measured", "repositories_failed"),
}
RUN = {
    *("id", "source", "kind", "days", "status", "window_start", "window_end", "counts"),
    *("requests", "quotas", "resume_at", "stop_asked_at"),
    *("progress_done", "progress_total", "progress_failed", "started_at", "finished_at", "error"),
}
STARTED = RUN | {"job_id"}
JOB = {
    *("id", "job_id", "kind", "status", "started_at", "completed_at", "error_message"),
    *("repositories_processed", "repositories_failed", "total_repositories", "resume_at"),
}
SYNC_STATUS = {
    *("status", "last_sync_at", "last_sync_type", "records_synced", "error_message"),
    *("connected", "needs_reauthorization", "running", "last_run", "last_success"),
    *("rejected_items", "pending_deletions", "streams"),
}
AVERAGES = {
    *("start_date", "end_date", "previous_start_date", "previous_end_date", "recovery_score"),
    *("hrv_rmssd", "resting_heart_rate", "total_sleep_hours", "sleep_performance", "strain"),
    *("calories", "workouts"),
}
CONNECTION = {
    *("configured", "connected", "needs_reauthorization", "scopes", "missing_scopes"),
    *("expires_at", "redirect_uri"),
}
WHOOPS_PROFILE = {"user_id", "email", "first_name", "last_name"}
WHOOPS_BODY = {"height_meter", "weight_kilogram", "max_heart_rate"}
WHOOPS_PAGE = {"records", "next_token"}
DASHBOARD = {"profile", "body", "recovery", "sleep", "workouts", "cycles"}
METRIC = {
    *("key", "label", "unit", "decimals", "domain", "additive", "circular", "absent", "better"),
}
RANGE_OF_METRIC = METRIC | {
    *("start_date", "end_date", "bucket", "days", "known_days", "verified_until"),
    *("buckets", "missing"),
}
CHART = {"start_date", "end_date", "bucket", "dates", "series"}
RECORD_BEHIND = {"model", "id", "source", "date", "address"}
WHOLE_DAY = {"date", "is_today", "marks", "domains"}
GOAL = {
    *("id", "name", "metric", "kind", "per", "rolling_days", "weekdays", "direction", "target"),
    "unit",
    *("day_at_least", "day_at_most", "start", "start_value", "end", "notes"),
    *("created_at", "updated_at", "deleted_at"),
}
INSIGHTS = {"note", "looked_up_to", "tested", "insights", "once_said", "not_found", "held_back"}
FINDING = {
    *("id", "action", "outcome", "lag", "state", "text", "basis", "status", "step", "step_words"),
    *("unit", "effect", "low", "high", "days", "more_days", "other_days", "found_on"),
    *("confirmed_on", "tested_on", "first_day", "last_day", "hidden_at", "could_just_as_well_be"),
    *("hardly_seen_beside_it", "also_seen_in", "tests"),
}
CHANGES = {"note", "looked_up_to", "changes", "may_have_changed", "earlier"}
CHANGE = {
    *("id", "metric", "state", "text", "status", "around", "is_gradual", "unit", "before", "after"),
    *("difference", "low", "high", "known_before", "known_after", "found_on", "confirmed_on"),
    *("tested_on", "hidden_at", "tests"),
}
EXPERIMENT = {
    *("id", "question", "state", "start", "try_words", "usual_words", "action", "try_at_least"),
    *("try_below", "usual_at_least", "usual_below", "outcome", "better", "worth", "secondary"),
    *("outcome_lag", "block_days", "washout_days", "pairs", "notes", "power", "stopped_on"),
    *("stop_reason", "result", "reckoned_at", "created_at", "updated_at", "deleted_at"),
}
FREE_PERIOD = {"id", "goal", "start", "end", "mark", "note", "created_at", "updated_at"}
PROGRESS = {
    *("goal", "unit", "date", "period", "status", "reason", "unverified", "summary", "value"),
    *("target", "line", "due_today", "next_due", "slack_days", "budget_left", "days_left"),
    *("pace", "odds", "odds_reason", "known_days", "unknown_days", "at_least"),
}
NUTRIENTS = {
    *("kcal", "protein", "carbohydrate", "sugar", "fat", "saturated_fat", "fibre", "salt"),
    *("further", "at_least"),
}
FOOD = NUTRIENTS | {
    *("id", "source", "name", "brand", "barcode", "language", "measure", "servings", "is_recipe"),
    *("doubts", "completeness", "popularity", "updated_at"),
}
RECIPE = NUTRIENTS | {
    *("id", "source", "name", "measure", "yield_size", "portions", "parts", "servings"),
    "updated_at",
}
ITEM = NUTRIENTS | {"id", "meal", "food", "name", "amount", "unit", "size", "updated_at"}
MEAL = {
    *("id", "source", "date", "eaten_at", "kind", "note", "utc_offset_min", "items", "total"),
    *("is_time_known", "in_future", "updated_at"),
}
EATEN_DAY = {"date", "complete", "meals", "total"}
HEALTH = {"status", "version", "database", "queue", "last_success"}
ENVELOPE = {"count", "next", "previous", "results"}

# --- Bodies ---------------------------------------------------------------------------------------

NOTHING: dict[str, Any] = {}
CONSENT = {"code": "a-code", "state": "not begun here"}
TYPED_WORKOUT = {
    "start": "2026-09-14T17:00:00Z",
    "end": "2026-09-14T18:00:00Z",
    "sport_name": "rowing",
}
TYPED_WEIGH_IN = {"measured_at": "2026-09-10T05:00:00Z", "weight_kg": 71.2}
TYPED_FAST = {"start": "2026-08-01T18:00:00Z", "end": "2026-08-02T10:00:00Z"}
TYPED_MARK = {"date": "2026-09-10", "kind": "sick", "note": "A cold."}
TYPED_ENTRY = {"start": "2026-09-10T08:00:00Z", "end": "2026-09-10T09:00:00Z"}
TYPED_GOAL = {
    "name": "Enough work",
    "metric": "time.hours",
    "kind": "total",
    "per": "week",
    "target": 25,
    "start": "2026-08-26",
}
TYPED_EXPERIMENT = {
    "question": "Does a long fast lift my HRV?",
    "try_words": "fast for 17 hours",
    "usual_words": "eat as usual",
    "outcome": "whoop.hrv",
}
TYPED_MEAL = {"eaten_at": "2026-09-10T10:00:00Z", "items": [{"name": "Pizza", "kcal": 900}]}
CHANGED_MEAL = {"eaten_at": "2026-09-10T10:00:00Z", "kind": "lunch"}
PARTS = [{"food": scenes.SKYR, "amount": 100}]
TYPED_FOOD = {"name": "Skyr, plain", "kcal": 63, "servings": [{"name": "cup", "size": 150}]}
FREE_WEEK = {"start": "2026-09-07", "end": "2026-09-13"}


POSTED = {
    "days",
    "nights",
    "weigh_ins",
    "workouts",
    "ignored",
    "rejected",
    "rejected_count",
    "notes",
}
POST_OF_PHONE = {
    "data": {
        "metrics": [
            {
                "name": "step_count",
                "units": "count",
                "data": [{"date": "2026-01-15 08:00:00 -0500", "qty": 123, "source": "Watch"}],
            }
        ]
    }
}


class Row(NamedTuple):
    """`fields`: of the answer, or of each record of a list. `{id}`: of a record that was typed in."""

    method: str
    path: str
    without: int
    with_login: int
    fields: set[str] | None = None
    body: dict[str, Any] | None = None
    query: str = ""


ROWS = [
    Row("GET", "/api/health", 200, 200, HEALTH),
    Row("GET", "/api/doctor", REFUSED, 200, REPORT),
    # GitHub
    Row("GET", "/api/github/projects", REFUSED, 200, REPOSITORY),
    Row("GET", "/api/github/project/reader", REFUSED, 200, REPOSITORY | {"per_day"}),
    Row("GET", "/api/github/project/robin/reader", REFUSED, 200, REPOSITORY | {"per_day"}),
    Row("GET", "/api/github/metrics", REFUSED, 200, CODE),
    Row("POST", "/api/github/refresh", REFUSED, 202, JOB),
    Row("GET", "/api/github/refresh/status/{job}", REFUSED, 200, JOB),
    Row("GET", "/api/github/refresh/jobs", REFUSED, 200, JOB),
    # WHOOP, from the database
    Row("GET", "/api/whoop/recovery", REFUSED, 200, RECOVERY),
    Row("GET", "/api/whoop/recovery/latest", REFUSED, 200, RECOVERY),
    Row("GET", "/api/whoop/sleep", REFUSED, 200, SLEEP),
    Row("GET", "/api/whoop/sleep/latest", REFUSED, 200, SLEEP),
    Row("GET", "/api/whoop/workouts", REFUSED, 200, WHOOP_WORKOUT),
    Row("GET", "/api/whoop/workouts/latest", REFUSED, 200, WHOOP_WORKOUT),
    Row("GET", "/api/whoop/cycles", REFUSED, 200, CYCLE),
    Row("GET", "/api/whoop/cycles/latest", REFUSED, 200, CYCLE),
    Row("GET", "/api/whoop/profile", REFUSED, 200, PROFILE),
    # Apple Health
    Row("GET", "/api/apple-health/days", REFUSED, 200, APPLE_DAY),
    Row("GET", "/api/apple-health/nights", REFUSED, 200, APPLE_NIGHT),
    # WHOOP, runs
    Row("GET", "/api/whoop/sync/status", REFUSED, 200, SYNC_STATUS),
    Row("GET", "/api/whoop/refresh/today", REFUSED, 202, STARTED),
    Row("POST", "/api/whoop/refresh/today", REFUSED, 202, STARTED, NOTHING),
    Row("POST", "/api/whoop/refresh", REFUSED, 202, STARTED, {"days": 3}),
    Row("POST", "/api/whoop/sync/incremental", REFUSED, 202, STARTED, NOTHING),
    Row("POST", "/api/whoop/sync/full", REFUSED, 202, STARTED, {"days": 365}),
    Row("POST", "/api/whoop/sync/full", REFUSED, 202, STARTED, query="?days=90"),
    Row("POST", "/api/whoop/refresh", REFUSED, 202, STARTED, query="?days=3"),
    # WHOOP, averages
    Row("GET", "/api/whoop/metrics", REFUSED, 200, AVERAGES),
    # WHOOP, the connection
    Row("GET", "/api/whoop/status", REFUSED, 200, CONNECTION),
    Row("GET", "/api/whoop/auth/test", REFUSED, 200, {"ok", "error", "detail"}),
    Row("GET", "/api/whoop/auth/authorize-url", REFUSED, 200, {"authorize_url", "state"}),
    Row("POST", "/api/whoop/auth/exchange-code", REFUSED, 400, {"state"}, CONSENT),
    # WHOOP itself
    Row("GET", "/api/whoop/api/profile", REFUSED, 200, WHOOPS_PROFILE),
    Row("GET", "/api/whoop/api/body", REFUSED, 200, WHOOPS_BODY),
    Row("GET", "/api/whoop/api/recovery", REFUSED, 200, WHOOPS_PAGE),
    Row("GET", "/api/whoop/api/sleep", REFUSED, 200, WHOOPS_PAGE),
    Row("GET", "/api/whoop/api/workouts", REFUSED, 200, WHOOPS_PAGE),
    Row("GET", "/api/whoop/api/cycles", REFUSED, 200, WHOOPS_PAGE),
    Row("GET", "/api/whoop/api/dashboard", REFUSED, 200, DASHBOARD),
    # Across the domains
    Row("GET", "/api/sync/runs", REFUSED, 200, STARTED),
    Row("GET", "/api/sync/runs/{job}", REFUSED, 200, STARTED),
    Row("POST", "/api/sync/runs/{job}/stop", REFUSED, 200, STARTED, NOTHING),
    Row("GET", "/api/sync/coverage", REFUSED, 200, {"sources"}),
    Row("GET", "/api/metrics", REFUSED, 200, {"metrics"}),
    Row("GET", "/api/metrics/{key}", REFUSED, 200, RANGE_OF_METRIC),
    Row("GET", "/api/metrics/{key}", REFUSED, 200, RANGE_OF_METRIC, query="?bucket=month&days=400"),
    Row("GET", "/api/metrics/series", REFUSED, 200, CHART, query="?keys=whoop.strain,weight.kg"),
    Row("GET", "/api/metrics/series", REFUSED, 400, {"keys"}),
    Row(
        "GET",
        "/api/metrics/{key}/records",
        REFUSED,
        200,
        RECORD_BEHIND,
        query="?date=2026-09-16",
    ),
    Row("GET", "/api/day/{date}", REFUSED, 200, WHOLE_DAY),
    Row("GET", "/api/revisions", REFUSED, 200, REVISION),
    Row("POST", "/api/import/health-auto-export", REFUSED, 200, POSTED, POST_OF_PHONE),
    # Marked days
    Row("GET", "/api/day-marks", REFUSED, 200, DAY_MARK),
    Row("POST", "/api/day-marks", REFUSED, 201, DAY_MARK, TYPED_MARK),
    Row("GET", "/api/day-marks/{id}", REFUSED, 200, DAY_MARK),
    Row("DELETE", "/api/day-marks/{id}", REFUSED, 204),
    Row("POST", "/api/day-marks/{id}/confirm", REFUSED, 200, {"marks"}, NOTHING),
    Row("POST", "/api/day-marks/{id}/refuse", REFUSED, 200, {"marks"}, {"only_this_day": True}),
    # The domains
    Row("GET", "/api/workouts", REFUSED, 200, WORKOUT),
    Row("POST", "/api/workouts", REFUSED, 201, WORKOUT, TYPED_WORKOUT),
    Row("GET", "/api/workouts/{id}", REFUSED, 200, WORKOUT),
    Row("PUT", "/api/workouts/{id}", REFUSED, 200, WORKOUT, TYPED_WORKOUT),
    Row("PATCH", "/api/workouts/{id}", REFUSED, 200, WORKOUT, {"calories": 300}),
    Row("DELETE", "/api/workouts/{id}", REFUSED, 204),
    Row("GET", "/api/weight", REFUSED, 200, WEIGH_IN),
    Row("POST", "/api/weight", REFUSED, 201, WEIGH_IN, TYPED_WEIGH_IN),
    Row("GET", "/api/weight/{id}", REFUSED, 200, WEIGH_IN),
    Row("PUT", "/api/weight/{id}", REFUSED, 200, WEIGH_IN, TYPED_WEIGH_IN),
    Row("PATCH", "/api/weight/{id}", REFUSED, 200, WEIGH_IN, {"fat_ratio": 18.1}),
    Row("DELETE", "/api/weight/{id}", REFUSED, 204),
    Row("GET", "/api/weight/trend", REFUSED, 200, {"change_per_week", "days"}),
    Row("GET", "/api/weight/forecast", REFUSED, 200, FORECAST),
    Row("GET", "/api/fasting", REFUSED, 200, FAST),
    Row("POST", "/api/fasting", REFUSED, 201, FAST, TYPED_FAST),
    Row("GET", "/api/fasting/{id}", REFUSED, 200, FAST),
    Row("PUT", "/api/fasting/{id}", REFUSED, 200, FAST, TYPED_FAST),
    Row("PATCH", "/api/fasting/{id}", REFUSED, 200, FAST, {"note": "Broth."}),
    Row("DELETE", "/api/fasting/{id}", REFUSED, 204),
    Row("GET", "/api/fasting/current", REFUSED, 404, {"detail"}),
    Row("POST", "/api/fasting/start", REFUSED, 201, FAST, {"goal_hours": 16}),
    Row("POST", "/api/fasting/stop", REFUSED, 409, {"detail"}, NOTHING),
    Row("GET", "/api/time-entries", REFUSED, 200, ENTRY),
    Row("POST", "/api/time-entries", REFUSED, 201, ENTRY, TYPED_ENTRY),
    Row("GET", "/api/time-entries/{id}", REFUSED, 200, ENTRY),
    Row("PUT", "/api/time-entries/{id}", REFUSED, 200, ENTRY, TYPED_ENTRY),
    Row("PATCH", "/api/time-entries/{id}", REFUSED, 200, ENTRY, {"tags": ["garden"]}),
    Row("DELETE", "/api/time-entries/{id}", REFUSED, 204),
    Row("GET", "/api/time-entries/totals", REFUSED, 200, {"totals", "running"}),
    Row("GET", "/api/time-entries/overlaps", REFUSED, 200, {"first", "second", "seconds"}),
    Row("GET", "/api/goals", REFUSED, 200, GOAL),
    Row("POST", "/api/goals", REFUSED, 201, GOAL, TYPED_GOAL),
    Row("GET", "/api/goals/{id}", REFUSED, 200, GOAL),
    Row("PUT", "/api/goals/{id}", REFUSED, 200, GOAL, TYPED_GOAL),
    Row("PATCH", "/api/goals/{id}", REFUSED, 200, GOAL, {"target": 30}),
    Row("DELETE", "/api/goals/{id}", REFUSED, 204),
    Row("GET", "/api/goals/{id}/progress", REFUSED, 200, PROGRESS),
    Row("GET", "/api/goals/{id}/history", REFUSED, 200, {"periods", "lines"}),
    Row("POST", "/api/goals/{id}/restore", REFUSED, 200, GOAL),
    Row("GET", "/api/experiments", REFUSED, 200, EXPERIMENT),
    Row("POST", "/api/experiments", REFUSED, 201, EXPERIMENT, TYPED_EXPERIMENT),
    Row("GET", "/api/experiments/{id}", REFUSED, 200, EXPERIMENT),
    Row("PUT", "/api/experiments/{id}", REFUSED, 200, EXPERIMENT, TYPED_EXPERIMENT),
    Row("PATCH", "/api/experiments/{id}", REFUSED, 200, EXPERIMENT, {"pairs": 12}),
    Row("DELETE", "/api/experiments/{id}", REFUSED, 204),
    Row("GET", "/api/experiments/{id}/schedule", REFUSED, 200, {"days", "warnings"}),
    Row("POST", "/api/experiments/{id}/start", REFUSED, 200, EXPERIMENT, NOTHING),
    Row(
        "POST", "/api/experiments/{id}/stop", REFUSED, 400, {"non_field_errors"}, {"reason": "ill"}
    ),
    Row("POST", "/api/experiments/{id}/finish", REFUSED, 400, {"non_field_errors"}, NOTHING),
    Row("POST", "/api/experiments/{id}/restore", REFUSED, 200, EXPERIMENT, NOTHING),
    Row("GET", "/api/goals/free-periods", REFUSED, 200, FREE_PERIOD),
    Row("POST", "/api/goals/free-periods", REFUSED, 201, FREE_PERIOD, FREE_WEEK),
    Row("GET", "/api/goals/free-periods/{free}", REFUSED, 200, FREE_PERIOD),
    Row("PUT", "/api/goals/free-periods/{free}", REFUSED, 200, FREE_PERIOD, FREE_WEEK),
    Row("PATCH", "/api/goals/free-periods/{free}", REFUSED, 200, FREE_PERIOD, {"note": "Away."}),
    Row("DELETE", "/api/goals/free-periods/{free}", REFUSED, 204),
    # Nutrition
    Row("GET", "/api/nutrition/meals", REFUSED, 200, MEAL),
    Row("POST", "/api/nutrition/meals", REFUSED, 201, MEAL, TYPED_MEAL),
    Row("GET", "/api/nutrition/meals/{id}", REFUSED, 200, MEAL),
    Row("PUT", "/api/nutrition/meals/{id}", REFUSED, 200, MEAL, CHANGED_MEAL),
    Row("PATCH", "/api/nutrition/meals/{id}", REFUSED, 200, MEAL, {"note": "Out."}),
    Row("DELETE", "/api/nutrition/meals/{id}", REFUSED, 204),
    Row("POST", "/api/nutrition/meals/{id}/restore", REFUSED, 200, MEAL, NOTHING),
    Row("POST", "/api/nutrition/meals/{id}/items", REFUSED, 201, ITEM, {"text": "200 g skyr"}),
    Row("GET", "/api/nutrition/items/{id}", REFUSED, 200, ITEM),
    Row("PATCH", "/api/nutrition/items/{id}", REFUSED, 200, ITEM, {"amount": 250}),
    Row("DELETE", "/api/nutrition/items/{id}", REFUSED, 204),
    Row("POST", "/api/nutrition/items/{id}/restore", REFUSED, 200, ITEM, NOTHING),
    Row("GET", "/api/nutrition/day/{date}", REFUSED, 200, EATEN_DAY),
    Row("PUT", "/api/nutrition/day/{date}", REFUSED, 200, EATEN_DAY, {"complete": True}),
    Row("GET", "/api/nutrition/foods", REFUSED, 200, FOOD),
    Row("POST", "/api/nutrition/foods", REFUSED, 201, FOOD, TYPED_FOOD),
    Row("GET", "/api/nutrition/foods/{id}", REFUSED, 200, FOOD),
    Row("PUT", "/api/nutrition/foods/{id}", REFUSED, 200, FOOD, TYPED_FOOD),
    Row("PATCH", "/api/nutrition/foods/{id}", REFUSED, 200, FOOD, {"protein": 11}),
    Row("DELETE", "/api/nutrition/foods/{id}", REFUSED, 204),
    Row("GET", "/api/nutrition/foods/search", REFUSED, 200, {"foods"}, query="?q=skyr"),
    Row("GET", "/api/nutrition/foods/barcode/{code}", REFUSED, 200, FOOD),
    Row("GET", "/api/nutrition/recipes", REFUSED, 200, RECIPE),
    Row("POST", "/api/nutrition/recipes", REFUSED, 201, RECIPE, {"name": "Soup", "parts": PARTS}),
    Row("GET", "/api/nutrition/recipes/{id}", REFUSED, 200, RECIPE),
    Row("PUT", "/api/nutrition/recipes/{id}", REFUSED, 200, RECIPE, {"name": "a", "parts": PARTS}),
    Row("PATCH", "/api/nutrition/recipes/{id}", REFUSED, 200, RECIPE, {"portions": 3}),
    Row("DELETE", "/api/nutrition/recipes/{id}", REFUSED, 204),
    # Projects
    Row("GET", "/api/projects", REFUSED, 200, PROJECT),
    Row("POST", "/api/projects", REFUSED, 201, PROJECT, {"name": "Garden"}),
    Row("GET", "/api/projects/{id}", REFUSED, 200, PROJECT),
    Row("PUT", "/api/projects/{id}", REFUSED, 200, PROJECT, {"name": "Garden"}),
    Row("PATCH", "/api/projects/{id}", REFUSED, 200, PROJECT, {"status": "paused"}),
    Row("DELETE", "/api/projects/{id}", REFUSED, 204),
    Row("GET", "/api/projects/{id}/weeks", REFUSED, 200, {"weeks"}),
    Row("GET", "/api/projects/unassigned", REFUSED, 200, UNASSIGNED),
    # Journal
    Row("GET", "/api/journal/behaviours", REFUSED, 200, BEHAVIOUR),
    Row("POST", "/api/journal/behaviours", REFUSED, 201, BEHAVIOUR, {"name": "Coffee"}),
    Row("GET", "/api/journal/behaviours/{id}", REFUSED, 200, BEHAVIOUR),
    Row("PUT", "/api/journal/behaviours/{id}", REFUSED, 200, BEHAVIOUR, {"name": "Coffee"}),
    Row("PATCH", "/api/journal/behaviours/{id}", REFUSED, 200, BEHAVIOUR, {"archived": True}),
    Row("DELETE", "/api/journal/behaviours/{id}", REFUSED, 204),
    Row("GET", "/api/journal/answers", REFUSED, 200, ANSWER),
    Row("POST", "/api/journal/answers", REFUSED, 201, ANSWER, TYPED_ANSWER),
    Row("GET", "/api/journal/answers/{id}", REFUSED, 200, ANSWER),
    Row("PUT", "/api/journal/answers/{id}", REFUSED, 200, ANSWER, TYPED_ANSWER),
    Row("PATCH", "/api/journal/answers/{id}", REFUSED, 200, ANSWER, {"value": 0}),
    Row("DELETE", "/api/journal/answers/{id}", REFUSED, 204),
    Row("GET", "/api/review/{period}", REFUSED, 200, REVIEW),
    Row("GET", "/api/intentions", REFUSED, 200, INTENTION),
    Row("POST", "/api/intentions", REFUSED, 201, INTENTION, TYPED_INTENTION),
    Row("GET", "/api/intentions/{id}", REFUSED, 200, INTENTION),
    Row("PUT", "/api/intentions/{id}", REFUSED, 200, INTENTION, TYPED_INTENTION),
    Row("PATCH", "/api/intentions/{id}", REFUSED, 200, INTENTION, {"kept": "no"}),
    Row("DELETE", "/api/intentions/{id}", REFUSED, 204),
    Row("GET", "/api/journal/notes", REFUSED, 200, NOTE),
    Row("POST", "/api/journal/notes", REFUSED, 201, NOTE, TYPED_NOTE),
    Row("GET", "/api/journal/notes/{id}", REFUSED, 200, NOTE),
    Row("PUT", "/api/journal/notes/{id}", REFUSED, 200, NOTE, TYPED_NOTE),
    Row("PATCH", "/api/journal/notes/{id}", REFUSED, 200, NOTE, {"tags": ["walk"]}),
    Row("DELETE", "/api/journal/notes/{id}", REFUSED, 204),
    # Insights
    Row("GET", "/api/insights", REFUSED, 200, INSIGHTS),
    Row("GET", "/api/insights/changes", REFUSED, 200, CHANGES),
    Row("POST", "/api/insights/changes/{id}/hide", REFUSED, 200, CHANGE, NOTHING),
    Row("POST", "/api/insights/changes/{id}/unhide", REFUSED, 200, CHANGE, NOTHING),
    Row("POST", "/api/insights/{id}/hide", REFUSED, 200, FINDING, NOTHING),
    Row("POST", "/api/insights/{id}/unhide", REFUSED, 200, FINDING, NOTHING),
    # Own metrics
    Row("GET", "/api/own-metrics", REFUSED, 200, OWN_METRIC),
    Row("POST", "/api/own-metrics", REFUSED, 201, OWN_METRIC, {"name": "Dose"}),
    Row("GET", "/api/own-metrics/{id}", REFUSED, 200, OWN_METRIC),
    Row("PUT", "/api/own-metrics/{id}", REFUSED, 200, OWN_METRIC, {"name": "Dose"}),
    Row("PATCH", "/api/own-metrics/{id}", REFUSED, 200, OWN_METRIC, {"decimals": 1}),
    Row("DELETE", "/api/own-metrics/{id}", REFUSED, 204),
    Row("GET", "/api/own-metrics/values", REFUSED, 200, OWN_VALUE),
    Row("POST", "/api/own-metrics/values", REFUSED, 201, OWN_VALUE, TYPED_VALUE),
    Row("GET", "/api/own-metrics/values/{id}", REFUSED, 200, OWN_VALUE),
    Row("PUT", "/api/own-metrics/values/{id}", REFUSED, 200, OWN_VALUE, TYPED_VALUE),
    Row("PATCH", "/api/own-metrics/values/{id}", REFUSED, 200, OWN_VALUE, {"value": 60}),
    Row("DELETE", "/api/own-metrics/values/{id}", REFUSED, 204),
    Row("GET", "/api/projects/suggestions", REFUSED, 200, {"suggestions"}),
    Row("POST", "/api/projects/suggestions", REFUSED, 200, {"suggestions"}, NOTHING),
    Row("POST", "/api/projects/suggestions/{id}/confirm", REFUSED, 200, PROJECT, NOTHING),
    Row("POST", "/api/projects/suggestions/{id}/refuse", REFUSED, 200, SUGGESTION, NOTHING),
    # What the API is
    Row("GET", "/api/schema", REFUSED, 200, {"openapi", "info", "paths", "components"}),
    Row("GET", "/api/docs", TO_THE_LOGIN, 200),
]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

each_row = pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row.method} {row.path}{row.query}"
)


@pytest.fixture
def life(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Everything that can be asked for, and the ids of what was typed in."""
    monkeypatch.setattr(timezone, "now", lambda: scenes.NOW)
    settings.GITHUB_ACCESS_TOKEN = "a-token"
    databases.once(scenes.everything)
    OAuthCredential.objects.filter(provider="whoop").delete()
    models = {"workouts": Workout, "weight": WeighIn, "fasting": FastingPeriod}
    models["time-entries"] = TimeEntry
    typed = {name: model.objects.filter(source=MANUAL).first().pk for name, model in models.items()}
    with Sandbox(seed=1, days=7, now=scenes.NOW) as services:
        use(settings, services)
        store_tokens(services.whoop, services.whoop.issue_tokens())
        typed["day-marks"] = DayMark.objects.proposed().get(date="2026-09-15").pk
        typed |= {"goals": Goal.objects.get(metric="time.hours").pk}
        typed |= {"insights": Finding.objects.get().pk}
        typed["insights/changes"] = MetricChange.objects.get().pk
        typed["experiments"] = Experiment.objects.get().pk
        typed |= {"free": FreePeriod.objects.get().pk}
        typed |= {"nutrition/meals": Meal.objects.earliest("pk").pk, "code": "4099999000018"}
        typed["nutrition/items"] = MealItem.objects.earliest("pk").pk
        typed["nutrition/foods"] = scenes.SKYR
        typed["nutrition/recipes"] = FoodItem.objects.get(is_recipe=True).pk
        typed |= {"journal/behaviours": scenes.ALCOHOL, "journal/answers": Answer.objects.get().pk}
        typed["journal/notes"] = Note.objects.get().pk
        typed["intentions"] = Intention.objects.earliest("pk").pk
        typed |= {"own-metrics": scenes.FERRITIN, "own-metrics/values": OwnValue.objects.get().pk}
        typed["projects"] = Project.objects.get().pk
        typed["projects/suggestions"] = Suggestion.objects.get().pk
        yield typed | {"job": SyncRun.objects.get(source="GitHub").pk}


def ask(client: Client, row: Row, ids: dict[str, int], slash: str = "") -> Any:
    named = {"job": ids["job"], "key": "weight.kg", "date": "2026-09-16", "free": ids["free"]}
    named |= {"code": ids["code"], "period": "2026-W37"}
    parts = row.path.split("/")
    number = ids.get("/".join(parts[2:4])) or ids.get(parts[2])
    path = row.path.format(id=number, **named)
    return client.generic(
        row.method,
        path + slash + row.query,
        b"" if row.body is None else json.dumps(row.body),
        content_type="application/json",
    )


@each_row
def test_a_row(client: Client, life: dict[str, int], row: Row) -> None:
    """Without a login and with one, without a slash at the end and with one."""
    for slash in ("", "/"):
        assert ask(client, row, life, slash).status_code == row.without
    client.force_login(User.objects.create_superuser("robin"))
    for slash in ("", "/"):
        with transaction.atomic():
            answer = ask(client, row, life, slash)
            assert answer.status_code == row.with_login, answer.content
            if row.fields is not None:
                assert_fields(answer.json(), row.fields)
            transaction.set_rollback(True)


def assert_fields(told: Any, fields: set[str]) -> None:
    if isinstance(told, dict) and "results" in told:
        assert told["results"], "Nothing is stored: add a record of it to `life`."
        assert told.keys() == ENVELOPE
        told = told["results"]
    assert told
    for record in told if isinstance(told, list) else [told]:
        assert record.keys() == fields


def allowed(path: str) -> set[str]:
    return {row.method for row in ROWS if row.path == path}


@pytest.mark.one_database
@pytest.mark.parametrize("path", sorted({row.path for row in ROWS}))
def test_nothing_else_can_be_done(client: Client, life: dict[str, int], path: str) -> None:
    client.force_login(User.objects.create_superuser("robin"))
    for method in set(METHODS) - allowed(path):
        assert ask(client, Row(method, path, 0, 0), life).status_code == 405, method


def test_the_description_has_the_same_paths() -> None:
    """What is described and not here, or here and not described, is in one of the two by mistake."""
    described = {
        (method.upper(), path)
        for path, methods in description()["paths"].items()
        for method in methods
    }
    named = {(row.method, re.sub(r"{(job|free)}", "{id}", row.path)) for row in ROWS}
    named -= {("GET", "/api/docs")}
    named -= {("GET", "/api/github/project/reader"), ("GET", "/api/github/project/robin/reader")}
    named |= {("GET", "/api/github/project/{name}")}
    assert not described - named, f"Add a row to ROWS for each of {sorted(described - named)}."
    assert not named - described, f"No view answers {sorted(named - described)}, which ROWS has."


@pytest.mark.one_database
@pytest.mark.parametrize("path", [row.path for row in ROWS if "/whoop/api/" in row.path])
def test_only_staff_asks_whoop_itself(client: Client, life: dict[str, int], path: str) -> None:
    client.force_login(User.objects.create_user("guest"))
    assert client.get(path).status_code == 403


@pytest.mark.one_database
def test_the_front_page(client: Client, life: dict[str, int]) -> None:
    """The endpoints to programs, the home page to a browser."""
    for accept in ("application/json", "*/*", ""):
        answer = client.get("/", headers={"Accept": accept})
        assert (answer.status_code, list(answer.json())) == (REFUSED, ["detail"])
    assert client.get("/").status_code == TO_THE_LOGIN
    client.force_login(User.objects.create_user("robin"))
    assert client.get("/").headers["Content-Type"].startswith("text/html")
    told = client.get("/", headers={"Accept": "application/json"}).json()["endpoints"]
    listed = {(one["method"], one["path"]) for one in told}
    assert len(listed) == len(told)
    assert len(listed) >= len({row.path for row in ROWS}) - 2


DELIVERIES = {
    "whoop": "application/json",
    "withings": "application/x-www-form-urlencoded",
    "toggl": "application/json",
    "github": "application/json",
}


@pytest.mark.one_database
@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("service", DELIVERIES)
def test_a_delivery_that_nothing_vouches_for(
    client: Client, life: dict[str, int], settings: Any, service: str, slash: str
) -> None:
    settings.TOGGL_API_TOKEN = settings.GITHUB_WEBHOOK_SECRET = "a-secret"
    path = f"/webhooks/{service}{slash}"
    answer = client.post(path, "{}", content_type=DELIVERIES[service])
    assert (answer.status_code, list(answer.json())) == (401, ["detail"])
    # Withings asks in that way too whether somebody is there.
    assert client.get(path).status_code == (401 if service == "withings" else 405)


# What watches over a server may add what it likes, and `/` is the home page too.
TAKES_ANYTHING = {"/", "/api/health", "/api/docs"}


@pytest.mark.one_database
def test_a_parameter_that_does_not_exist_is_refused_by_name(
    client: Client, life: dict[str, int]
) -> None:
    client.force_login(User.objects.create_superuser("robin"))
    for row in [one for one in ROWS if one.method == "GET" and one.path not in TAKES_ANYTHING]:
        query = f"{row.query or '?'}&start_day=2026-09-01"
        answer = ask(client, row._replace(query=query), life)
        assert answer.status_code == 400, row
        assert answer.json() == {"start_day": ["This parameter does not exist."]}, row
