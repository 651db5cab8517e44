"""States of a person's data, as the pages may meet them."""

from __future__ import annotations

import hashlib
import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fasting.models import ZERO, FastingPeriod
from github_projects.models import GITHUB, Commit, GitHubAccount, Repository
from goals.models import FreePeriod, Goal
from goals.plan import Direction, Kind, Per
from lifetracker.models import MANUAL, DayMark, RejectedItem, SyncRun, SyncState
from nutrition.diary import Wanted, add, mark_complete
from nutrition.models import OPEN_FOOD_FACTS
from oauth_integration.models import OAuthCredential
from projects.models import Project, ProjectRepository, ProjectTogglProject, Suggestion
from tests import makers
from time_logs.models import TOGGL, TimeEntry
from weight.models import AMBIGUOUS, WITHINGS, WeighIn
from whoop.models import WHOOP, WhoopCycle, WhoopProfile, WhoopRecovery, WhoopSleep
from workouts.models import Workout

# 18:40 on a Wednesday, two hours east of UTC.
NOW = datetime(2026, 9, 16, 16, 40, tzinfo=UTC)
TODAY = date(2026, 9, 16)
#: The id of the food of that name in `everything`.
SKYR = 7_301
ALCOHOL = 8_401
FERRITIN = 8_501
BERLIN = 120

TOO_LARGE = "The repository cannot be read: it is larger than the limit (GITHUB_MAX_REPOSITORY_MB)."

SCORELESS_RECOVERY = dict.fromkeys(
    ("recovery_score", "resting_heart_rate", "hrv_rmssd", "spo2_percentage", "skin_temp_celsius")
)
SCORELESS_SLEEP = dict.fromkeys(
    (
        *("total_sleep_hours", "sleep_performance", "sleep_efficiency", "sleep_consistency"),
        *("in_bed_min", "rem_sleep_min", "deep_sleep_min", "light_sleep_min", "awake_min"),
        *("no_data_min", "respiratory_rate"),
    )
)
SCORELESS_CYCLE = dict.fromkeys(
    ("strain", "kilojoules", "average_heart_rate", "max_heart_rate", "step_count")
)


def recovery(back: int = 0, **values: Any) -> WhoopRecovery:
    """The recovery of `back` days ago; `values` replace what it would have."""
    number = 1_204_000_000 - back
    made = {
        "source_id": str(number),
        "cycle_id": number,
        "sleep_id": f"5b1c0000-0000-4000-8000-{number:012}",
        "date": TODAY - timedelta(days=back),
        "start_time": NOW - timedelta(days=back, hours=19, minutes=26),
        "recovery_score": 74 - back * 7 % 50,
        "resting_heart_rate": 52,
        "hrv_rmssd": 68.4 - back % 9,
        "spo2_percentage": 96.42,
        "skin_temp_celsius": 33.71,
        "user_calibrating": False,
        "score_state": "SCORED",
        "raw": {"cycle_id": number, "score_state": "SCORED", "score": {"recovery_score": 74}},
    }
    return WhoopRecovery.objects.create(source=WHOOP, **{**made, **values})


def sleep(back: int = 0, **values: Any) -> WhoopSleep:
    number = 1_204_000_000 - back
    made = {
        "source_id": f"5b1c0000-0000-4000-8000-{number:012}",
        "sleep_id": f"5b1c0000-0000-4000-8000-{number:012}",
        "cycle_id": number,
        "date": TODAY - timedelta(days=back),
        "start_time": datetime(2026, 9, 15, 21, 14, tzinfo=UTC) - timedelta(days=back),
        "end_time": datetime(2026, 9, 16, 4, 52, tzinfo=UTC) - timedelta(days=back),
        "utc_offset_min": BERLIN,
        "nap": False,
        "total_sleep_hours": 7.2667,
        "sleep_performance": 89,
        "sleep_efficiency": 95.2,
        "sleep_consistency": 81,
        "in_bed_min": 458,
        "rem_sleep_min": 121,
        "deep_sleep_min": 94,
        "light_sleep_min": 221,
        "awake_min": 22,
        "no_data_min": 0,
        "respiratory_rate": 14.6,
        "score_state": "SCORED",
        "raw": {"id": "5b1c", "nap": False, "timezone_offset": "+02:00"},
    }
    return WhoopSleep.objects.create(source=WHOOP, **{**made, **values})


def cycle(back: int = 0, **values: Any) -> WhoopCycle:
    number = 1_204_000_000 - back
    start = datetime(2026, 9, 15, 21, 14, tzinfo=UTC) - timedelta(days=back)
    made = {
        "source_id": str(number),
        "cycle_id": number,
        "date": TODAY - timedelta(days=back),
        "start_time": start,
        "end_time": start + timedelta(hours=24) if back else None,
        "utc_offset_min": BERLIN,
        "strain": 11.38,
        "kilojoules": 8214.6,
        "average_heart_rate": 67,
        "max_heart_rate": 158,
        "step_count": 9342,
        "score_state": "SCORED",
        "raw": {"id": number, "timezone_offset": "+02:00"},
    }
    return WhoopCycle.objects.create(source=WHOOP, **{**made, **values})


def workout(back: int = 0, **values: Any) -> Workout:
    start = NOW - timedelta(days=back, hours=2)
    made = {
        "source": WHOOP,
        "source_id": f"7c2d0000-0000-4000-8000-{back:012}",
        "date": start.date(),
        "start": start,
        "end": start + timedelta(minutes=52),
        "utc_offset_min": BERLIN,
        "sport_name": ("running", "cycling", "yoga")[back % 3],
        "strain": 9.7,
        "average_heart_rate": 141,
        "max_heart_rate": 172,
        "calories": 512.4,
        "distance_meters": 9120.0,
        "duration_min": 52,
        "score_state": "SCORED",
        "raw": {"sport_name": "running", "score": {"strain": 9.7}},
    }
    return Workout.objects.create(**{**made, **values})


def typed_in(**values: Any) -> Workout:
    """A workout with an id of its own."""
    return workout(source=MANUAL, source_id=f"typed in {Workout.objects.count()}", **values)


def profile(number: int = 10_129) -> WhoopProfile:
    return WhoopProfile.objects.create(
        source=WHOOP,
        source_id=str(number),
        user_id=number,
        first_name="Robin",
        last_name="Example",
        email="robin@example.org",
        height_meter=1.78,
        weight_kilogram=72.4,
        max_heart_rate=188,
    )


def run(back: int = 0, status: str = "success", **values: Any) -> SyncRun:
    """A run that ended twelve minutes ago, or so many days before that."""
    started = NOW - timedelta(days=back, minutes=12, seconds=40)
    made = {
        "source": WHOOP,
        "kind": "incremental",
        "started_at": started,
        "finished_at": None
        if status in {"queued", "running"}
        else started + timedelta(seconds=9, milliseconds=400),
        "window_start": started - timedelta(days=14),
        "window_end": started,
        "counts": {
            "cycle": {"seen": 15, "created": 1, "updated": 2, "unchanged": 12},
            "sleep": {"seen": 17, "created": 1, "unchanged": 16},
            "recovery": {"seen": 14, "created": 1, "unchanged": 13},
        },
        "requests": 9,
        "progress_done": 46,
    }
    return SyncRun.objects.create(status=status, **{**made, **values})


def rejected(number: int = 0) -> RejectedItem:
    return RejectedItem.objects.create(
        source=WHOOP,
        stream="workout",
        item_key=f"7c2d0000-0000-4000-8000-{number:012}",
        payload='{"id": "7c2d", "sport_name": null, "note": "ünfit"}',
        reason="sport_name: missing, and sport_id is not in the table of sports",
    )


def state(stream: str = "sleep") -> SyncState:
    return SyncState.objects.create(
        source=WHOOP, stream=stream, verified_from=NOW - timedelta(days=30), verified_to=NOW
    )


def connection(**values: Any) -> OAuthCredential:
    made = {
        "provider": "whoop",
        "client_id": "a-client",
        "client_secret": "a-secret",
        "redirect_uri": "http://localhost:5001/oauth/whoop/callback",
        "access_token": "an-access-token",
        "refresh_token": "a-refresh-token",
        "expires_at": NOW + timedelta(minutes=48),
        "scopes": "offline read:recovery read:sleep read:cycles read:workout",
    }
    return OAuthCredential.objects.create(**{**made, **values})


def weigh_in(back: int = 0, **values: Any) -> WeighIn:
    """In the morning: slowly less, up and down by the day."""
    number = WeighIn.objects.count()
    made = {
        "source": WITHINGS,
        "source_id": str(1_789_000_000 + number),
        "measured_at": datetime(2026, 9, 16, 5, 9, tzinfo=UTC) - timedelta(days=back),
        "weight_kg": round(72.4 + back * 0.03 + 0.5 * math.sin(back * 1.9), 3),
        "fat_ratio": 18.24,
        "muscle_mass_kg": 56.1,
        "hydration_kg": 41.8,
        "attribution": 0,
        "device": "Body+",
        "raw": {"groups": [str(number)]},
    }
    return WeighIn.objects.create(**{**made, **values})


def ambiguous(back: int = 0, **values: Any) -> WeighIn:
    return weigh_in(back, attribution=AMBIGUOUS, **values)


def entry(hours_ago: float, minutes: float | None, **values: Any) -> TimeEntry:
    """Of so many minutes; None for one that is running."""
    start = NOW - timedelta(hours=hours_ago)
    made = {
        "source": TOGGL,
        "source_id": str(3_700_000_000 + TimeEntry.objects.count()),
        "start": start,
        "end": None if minutes is None else start + timedelta(minutes=minutes),
        "project": "Customer portal",
        "client": "Nordlicht Energie",
        "description": "Login with passkeys",
        "tags": ["deep work"],
        "billable": True,
        "raw": {"id": 3_700_000_000},
    }
    return TimeEntry.objects.create(**{**made, **values})


def fast(hours_ago: float, hours: float | None = 16, **values: Any) -> FastingPeriod:
    """Of so many hours; None for one that is running."""
    start = NOW - timedelta(hours=hours_ago)
    end = None if hours is None else start + timedelta(hours=hours)
    return FastingPeriod.objects.create(start=start, end=end, **{"goal_hours": 16, **values})


def working_day() -> None:
    """Of 6 h 5 min by Toggl, in six projects."""
    for hours_ago, minutes, client, project in (
        (9.5, 15, "", "Internal"),
        (9.25, 100, "Nordlicht Energie", "Customer portal"),
        (7, 65, "Hafenmuseum", "Audio guide"),
        (5.9, 25, "", ""),
        (4.8, 110, "Nordlicht Energie", "Customer portal"),
        (2.9, 30, "Kranich Verlag", "Shop relaunch"),
        (2.3, 20, "", "Support rota"),
    ):
        entry(hours_ago, minutes, client=client, project=project)
    for back in (1, 2, 5, 6, 7, 8, 9, 12, 13):
        entry(24 * back + 8, 400 + 31 * back % 90, project="Reader app", client="Kranich Verlag")
    run(source=TOGGL)


def repository(name: str = "reader", **values: Any) -> Repository:
    made = {
        "html_url": f"https://github.com/robin/{name}",
        "default_branch": "main",
        "primary_language": "Python",
        "repository_size_kb": 4_812,
        "loc": 8_400,
        "loc_method": "scc",
        "loc_by_language": {"Python": 7_100, "HTML": 1_300},
        "languages": {"Python": 214_300, "HTML": 40_120},
        "mined_at": NOW,
        "mined_oid": "9c1f",
        "raw": {"name": name, "stargazers_count": 3},
    }
    return makers.repository(name, **{**made, **values})


def commit(*repositories: Repository, hours_ago: float = 2, **values: Any) -> Commit:
    """Of the person; with an oid that looks like one."""
    number = Commit.objects.count()
    made = {
        "at": NOW - timedelta(hours=hours_ago),
        "source_id": hashlib.sha1(str(number).encode(), usedforsecurity=False).hexdigest(),
        "author_name": "Robin Example",
        "mine": True,
    }
    return makers.commit(*repositories, **{**made, **values})


def code(weeks: int = 3) -> None:
    """Written in seven repositories, less at weekends, and none of it in a fork."""
    names = ("reader", "life-tracker", "dotfiles", "shop-relaunch", "audio-guide", "notes", "tiny")
    repositories = [repository(name, loc=1_150 * len(name)) for name in names]
    repository("django", fork=True, loc=412_000, full_name="robin/django")
    for back in range(weeks * 7):
        weekend = (TODAY - timedelta(days=back)).weekday() > 4
        for number in range(back * 7 % 3 if weekend else 3 + back * 5 % 8):
            # Most of it in the first ones.
            one = repositories[(number * number + back) % min(1 + number, len(repositories))]
            lines = {"added": 12 + 37 * number % 240, "deleted": 5 + 11 * number % 70}
            commit(one, hours_ago=24 * back + 1 + number, **lines)
    commit(repositories[0], author_name="A guest", author_email="guest@example.org", mine=False)
    Repository.objects.recount()


def account() -> GitHubAccount:
    return GitHubAccount.objects.create(
        login="robin",
        user_id=10_129,
        emails=["robin@example.org", "10129+robin@users.noreply.github.com"],
        token_expires_at=NOW + timedelta(days=80),
    )


def github_run(**values: Any) -> SyncRun:
    made = {"source": GITHUB, "counts": {"repository": {"seen": 8, "updated": 3, "unchanged": 5}}}
    return run(**{**made, "progress_done": 8, "progress_total": 8, **values})


def full() -> None:
    """A day in the life, all known. The tokens of Toggl and GitHub are settings, and not set
    here."""
    connection()
    recovery()
    sleep()
    cycle()
    run()
    connection(provider=WITHINGS.lower())
    run(source=WITHINGS, counts={"measure": {"seen": 15, "created": 1, "unchanged": 14}})
    for back in range(120):
        # One is missing now and then, and for a journey of a week.
        if back % 6 != 4 and not 40 < back < 48:
            weigh_in(back)
    working_day()
    code()
    github_run()
    for back, hours in enumerate((16.3, 17.1, 16, 18.4, 14.2, 16.6, 12.8, 16.2, 19.5, 16.1, 15.2)):
        fast(23 + 24 * back, hours)
    run(
        back=9,
        source=ZERO,
        kind="import",
        counts={"csv": {"seen": 214, "created": 212, "unchanged": 2}},
    )


def everything() -> None:
    """A little of every kind of record, from services and typed in, for what asks for any of them."""
    connection()
    profile()
    account()
    state()
    rejected()
    for back in range(3):
        recovery(back)
        sleep(back)
        cycle(back)
        workout(back)
        weigh_in(back, source=WITHINGS, source_id=f"group {back}")
        fast(23 + 24 * back)
        run(back)
    typed_in()
    weigh_in(3, source=MANUAL, source_id="typed in")
    ambiguous(4)
    entry(40, 30, source=MANUAL, source_id="typed in")
    entry(40.2, 30)
    working_day()
    entry(0.7, None, project="Shop relaunch", client="Kranich Verlag", tags=["client"])
    code(1)
    github_run()
    marks()
    goals()
    makers.experiment()
    projects()
    diary()
    journal()
    own_metrics()
    makers.finding()
    makers.metric_change()
    apple_health()
    makers.intention(1, kept="partly", note="Not on Friday.")
    makers.intention(text="Plan the week on Monday")


def apple_health() -> None:
    """Days and nights, the newest of them of today."""
    for back in range(3):
        makers.apple_day(back, resting_heart_rate=54, hrv_sdnn=48)
        makers.apple_night(back)


def own_metrics() -> None:
    """A metric with a value."""
    makers.own_value(makers.own_metric(pk=FERRITIN), 61, 1, note="At the doctor.")


def journal() -> None:
    """A behaviour that was answered once, another wording of it, one that is not asked any more, and a note."""
    alcohol = makers.behaviour("Alcohol", pk=ALCOHOL)
    makers.behaviour("Any alcoholic drinks?", pk=ALCOHOL + 1, merged_into=alcohol)
    makers.behaviour("Cold shower", pk=ALCOHOL + 2, archived_at=NOW)
    makers.answer(alcohol, 1, 1, note="A beer.")
    makers.note(1, text="A walk by the river.", tags=["walk"])


def diary() -> None:
    """What was eaten on three days, one of them complete; targets; a food that has changed since, and what nobody knows."""
    for column, direction, wanted in (
        ("kcal", Direction.AT_MOST, 1950),
        ("protein", Direction.AT_LEAST, 100),
        ("fat", Direction.AT_MOST, 10),
    ):
        Goal.objects.create(
            name=column,
            metric=f"nutrition.{column}",
            kind=Kind.TOTAL,
            per=Per.DAY,
            direction=direction,
            target=wanted,
            start=TODAY - timedelta(days=30),
        )
    makers.food("Oat drink", source=OPEN_FOOD_FACTS, source_id="4099999000025", measure="ml")
    soup = makers.recipe("Lentil soup", (makers.food("Lentils", kcal=330, fat=2), 300), portions=2)
    # The last one: what follows a number of its own has another number on PostgreSQL than on SQLite.
    code = "4099999000018"
    skyr = makers.food("Skyr", pk=SKYR, protein=11, servings=[["cup", 150]], barcode=code)
    for back in range(3):
        at = NOW - timedelta(days=back, hours=8)
        add([Wanted(skyr, 2, "cup"), Wanted(name="A cake at work", kcal=350)], at)
        add([Wanted(soup, 1, "portion")], at + timedelta(hours=4))
    mark_complete(TODAY - timedelta(days=1))
    skyr.kcal = 70
    skyr.save()


def projects() -> None:
    """One with a repository and a Toggl project, and two more that may belong together."""
    made = Project.objects.create(name="Shop relaunch", notes="Until spring.")
    code = Repository.objects.get(name="shop-relaunch")
    ProjectRepository.objects.create(project=made, repository=code)
    shop = makers.toggl_project(501, name="Shop relaunch", client="Kranich Verlag")
    ProjectTogglProject.objects.create(project=made, toggl_project=shop)
    makers.toggl_project(502, name="Audio guide")
    Suggestion.objects.find()


def marks() -> None:
    """A day that was marked, and a trip that is proposed."""
    DayMark.objects.create(date=TODAY, kind=DayMark.Kind.HOLIDAY, note="Sea.")
    reason = {"text": "The night was spent at UTC-4.", "shift_hours": -6.0, "jet_lag_days": 4}
    DayMark.objects.bulk_create(
        DayMark(
            date=TODAY - timedelta(days=back),
            kind=DayMark.Kind.TRAVEL,
            state=DayMark.State.PROPOSED,
            spell=TODAY - timedelta(days=2),
            reasons=[reason],
        )
        for back in (1, 2)
    )


def goals() -> None:
    """Two of them, and a week that is free for one."""
    work = Goal.objects.create(
        name="Enough work",
        metric="time.hours",
        kind=Kind.TOTAL,
        per=Per.WEEK,
        target=20,
        start=TODAY - timedelta(weeks=3),
    )
    Goal.objects.create(
        name="Lighter",
        metric="weight.trend",
        kind=Kind.REACH,
        direction=Direction.AT_MOST,
        target=70,
        start=TODAY - timedelta(days=2),
        end=TODAY + timedelta(days=60),
    )
    week_ago = TODAY - timedelta(weeks=1)
    FreePeriod.objects.create(goal=work, start=week_ago, end=week_ago + timedelta(days=2))


def now_on() -> None:
    """The whole day, while a fast, a time entry and a sync are running."""
    full()
    github_run(
        status="running",
        started_at=NOW - timedelta(minutes=1),
        progress_done=12,
        progress_total=30,
        in_queue=True,
    )
    entry(0.7, None, project="Shop relaunch", client="Kranich Verlag", description="Checkout")
    fast(6.3, None)


def pending() -> None:
    """Soon after waking: nothing is scored, and somebody has used the scale."""
    connection()
    recovery(score_state="PENDING_SCORE", **SCORELESS_RECOVERY)
    sleep(score_state="PENDING_SCORE", **SCORELESS_SLEEP)
    cycle(score_state="PENDING_SCORE", **SCORELESS_CYCLE)
    run(status="running", progress_done=46)
    weigh_in(2, fat_ratio=None)
    ambiguous(weight_kg=58.2)
    entry(11, None, project="", client="", description="")
    fast(21.5, None, goal_hours=18)


def waiting() -> None:
    """GitHub asks for patience, no worker is there for Toggl, and whose the commits are is not
    known."""
    run(source=TOGGL, status="queued", in_queue=True)
    commit(repository("reader"), mine=False)
    Repository.objects.recount()
    github_run(
        status="queued",
        in_queue=True,
        progress_done=12,
        progress_total=30,
        resume_at=NOW + timedelta(minutes=37),
        error="GitHub allows no more requests until 19:17.",
    )


def failed() -> None:
    """WHOOP took the consent back some days ago, Toggl does not answer, GitHub's token ends soon and
    one repository is too large."""
    connection(needs_reauthorization=True)
    recovery(back=3, recovery_score=28)
    sleep(back=3)
    cycle(back=3, end_time=None)
    run(back=3)
    rejected()
    run(
        status="failed",
        counts={},
        error="WHOOP no longer accepts the stored consent. Run `python manage.py whoop_auth`, or press Connect on the page of connections.",
    )
    entry(28, 7 * 60)
    run(back=1, source=TOGGL)
    run(source=TOGGL, status="partial", error="time_entry: Toggl answered 503 to /api/v9/me.")
    fast(30, None, goal_hours=None)
    commit(repository(), hours_ago=24 * 20)
    repository("scans", failure=TOO_LARGE, failed_at=NOW, mined_at=None, loc=None)
    Repository.objects.recount()
    github_run(
        error="The token expires on 2026-09-20. Make a new one and put it into .env as GITHUB_ACCESS_TOKEN."
        f"\nrobin/scans: {TOO_LARGE}"
    )


def fresh() -> None:
    """Just installed."""
