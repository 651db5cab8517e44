"""The admin: what may be seen, what may be changed, and what it costs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_mcpz.oauth.models import AccessToken, AuthorizationCode, RefreshToken
from django_mcpz.oauth.models import Client as OAuthClient
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.admin import ModelAdmin

from ai_access.models import Consent
from apple_health.models import AppleDay, AppleNight, SentDay
from csv_import.models import KeptMapping
from experiments.models import Experiment
from fasting.models import FastingPeriod
from github_projects.models import Commit, GitHubAccount, Repository
from goals.models import FreePeriod, Goal
from insights.models import Finding, InsightRun, MetricChange
from journal.models import Answer, Behaviour, Note
from lifetracker.accounts.events import Kind
from lifetracker.accounts.models import Event
from lifetracker.models import (
    MANUAL,
    ApiToken,
    DayMark,
    FileImport,
    Lease,
    PendingDeletion,
    RejectedItem,
    Revision,
    SyncRun,
    SyncRunTotal,
    SyncState,
    WebhookDelivery,
)
from notifications.models import Notification, PushSubscription
from nutrition.models import CompleteDay, FoodItem, Meal
from oauth_integration.models import OAuthCredential
from own_metrics.models import OwnMetric, OwnValue
from projects.models import Project, Suggestion
from review.models import Intention
from tests import makers
from tests.browser import scenes
from time_logs.models import TimeEntry, TogglProject, TogglTag
from weight.models import MeasureGroup, WeighIn
from whoop.models import WhoopCycle, WhoopProfile, WhoopRecovery, WhoopSleep, WhoopWorkout
from workouts.models import Workout

pytestmark = pytest.mark.django_db

Maker = Callable[[int], Any]


def oauth_client(number: int) -> OAuthClient:
    return OAuthClient.objects.create(
        client_id=f"client {number}", kind="registered", name=f"Client {number}"
    )


def oauth_tokens(number: int) -> tuple[Consent, AccessToken, RefreshToken]:
    """Everything that one client of AI was allowed and got."""
    shared: dict[str, Any] = {
        "client": oauth_client(number),
        "user": makers.robin(),
        "resource": "https://tracker.example.org/mcp",
    }
    end = scenes.NOW + timedelta(hours=1)
    code = AuthorizationCode.objects.create(
        digest=f"code {number}", redirect_uri="https://a.example/", expires_at=end, **shared
    )
    access = AccessToken.objects.create(
        digest=f"access {number}", code=code, expires_at=end, **shared
    )
    refresh = RefreshToken.objects.create(
        digest=f"refresh {number}", code=code, access_token=access, expires_at=end, **shared
    )
    token = makers.api_token(f"client {number}").token
    return Consent.objects.create(code=code, token=token), access, refresh


MAKERS: dict[type[Model], Maker] = {
    WhoopRecovery: scenes.recovery,
    WhoopSleep: scenes.sleep,
    WhoopCycle: scenes.cycle,
    WhoopProfile: scenes.profile,
    WhoopWorkout: scenes.workout,
    Workout: scenes.workout,
    WeighIn: makers.weigh_in,
    MeasureGroup: makers.measure_group,
    AppleDay: makers.apple_day,
    AppleNight: makers.apple_night,
    SentDay: makers.sent_day,
    TimeEntry: makers.entry,
    TogglProject: makers.toggl_project,
    TogglTag: makers.toggl_tag,
    FastingPeriod: makers.fast,
    Repository: lambda number: makers.repository(f"portal-{number}", last_commit_date=scenes.NOW),
    Commit: lambda number: makers.commit(makers.repository(), days_ago=number),
    GitHubAccount: lambda number: GitHubAccount.objects.create(login=f"robin {number}"),
    SyncRun: scenes.run,
    Revision: lambda number: Revision.objects.create(
        record_type="weight.WeighIn",
        record_id=number,
        old_values={"weight_kg": 70},
        changed_at=scenes.NOW,
        run=scenes.run(number),
    ),
    Notification: makers.notification,
    PushSubscription: makers.push_subscription,
    SyncRunTotal: lambda number: SyncRunTotal.objects.create(
        source="Whoop", kind="webhook", month=date(1990 + number, 1, 1), runs=number
    ),
    SyncState: lambda number: scenes.state(f"stream {number}"),
    RejectedItem: scenes.rejected,
    PendingDeletion: lambda number: PendingDeletion.objects.create(
        source="Whoop", stream="cycle", source_id=str(number), held_on=scenes.NOW
    ),
    FileImport: lambda number: FileImport.objects.create(
        user=User.objects.create_user(f"importer-{number}"),
        kind="whoop",
        file_name=f"export {number}.zip",
        stored_as=str(number),
        size=1,
    ),
    DayMark: lambda number: DayMark.objects.create(
        date=date(1990, 1, 1) + timedelta(days=number), kind=DayMark.Kind.SICK
    ),
    Meal: makers.meal,
    FoodItem: lambda number: makers.food(f"Food {number}"),
    CompleteDay: lambda number: CompleteDay.objects.create(
        date=date(1990, 1, 1) + timedelta(days=number)
    ),
    Behaviour: lambda number: makers.behaviour(f"Behaviour {number}"),
    Answer: lambda number: makers.answer(makers.behaviour(f"Behaviour {number}"), number % 2),
    Note: makers.note,
    Intention: makers.intention,
    KeptMapping: lambda number: KeptMapping.objects.create(
        header_key=f"{number}", name="mood.csv", header=["Date", "Mood"], choices={"date": "Date"}
    ),
    OwnMetric: lambda number: makers.own_metric(f"Metric {number}"),
    OwnValue: lambda number: makers.own_value(makers.own_metric(f"Metric {number}"), number),
    Finding: makers.finding,
    MetricChange: makers.metric_change,
    InsightRun: lambda number: InsightRun.objects.create(
        last_day=date(1990, 1, 1),
        version=1,
        seed=1,
        tested=number,
        found=0,
        confirmed=0,
        withdrawn=0,
    ),
    Goal: lambda number: makers.goal(name=f"goal {number}"),
    Experiment: lambda number: makers.experiment(question=f"question {number}"),
    FreePeriod: lambda number: FreePeriod.objects.create(
        start=date(1990, 1, 1) + timedelta(days=number), mark="sick"
    ),
    Project: lambda number: Project.objects.create(name=f"Project {number}"),
    Suggestion: lambda number: Suggestion.objects.create(
        key=f"repository {number}, Toggl project {number}",
        repository=makers.repository(f"portal-{number}"),
        toggl_project=makers.toggl_project(1000 + number),
        state=Suggestion.State.REFUSED,
    ),
    Lease: lambda number: Lease.objects.create(name=f"lease {number}", expires_at=scenes.NOW),
    WebhookDelivery: makers.delivery,
    OAuthCredential: lambda number: OAuthCredential.objects.create(provider=f"service-{number}"),
    ApiToken: lambda number: makers.api_token(f"script {number}").token,
    OAuthClient: oauth_client,
    Consent: lambda number: oauth_tokens(number)[0],
    AccessToken: lambda number: oauth_tokens(number)[1],
    RefreshToken: lambda number: oauth_tokens(number)[2],
    User: lambda number: User.objects.create_user(f"user-{number}"),
    Group: lambda number: Group.objects.create(name=f"group {number}"),
    Event: lambda number: Event.objects.create(kind=Kind.EXPORT, detail=f"{number} records"),
}
WHOOP_MODELS = [WhoopRecovery, WhoopSleep, WhoopCycle, WhoopProfile, WhoopWorkout]
SENT = [*WHOOP_MODELS, MeasureGroup, TogglProject, TogglTag, Repository, Commit]
TYPED = {
    WeighIn: {"measured_at_0": "2026-09-16", "measured_at_1": "07:10", "weight_kg": "70.25"},
    TimeEntry: {
        "start_0": "2026-09-16",
        "start_1": "09:00",
        "end_0": "2026-09-16",
        "end_1": "10:30",
        "project": "Website",
        "tags": " focus, deep work ,",
    },
}
BOOKS = [
    Notification,
    PushSubscription,
    OAuthClient,
    Consent,
    AccessToken,
    RefreshToken,
    KeptMapping,
    SyncRun,
    SyncRunTotal,
    SyncState,
    RejectedItem,
    PendingDeletion,
    WebhookDelivery,
    Lease,
    GitHubAccount,
    Event,
]


def name_of(model: type[Model]) -> str:
    return model.__name__


each_model = pytest.mark.parametrize("model", MAKERS, ids=name_of)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


# --- Lists ----------------------------------------------------------------------------------------


def test_every_model_is_there_in_the_look_of_the_theme() -> None:
    admin.autodiscover()
    ours = {*MAKERS, Schedule, Success, Failure, OrmQ}
    assert set(admin.site._registry) == ours
    assert all(isinstance(entry, ModelAdmin) for entry in admin.site._registry.values())


@each_model
def test_a_list_costs_as_many_queries_for_50_rows_as_for_5(
    staff: Client, model: type[Model]
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page = staff.get(address(model, "changelist"))
        assert page.status_code == 200
        assert len(page.content) < 100_000, "before it is compressed"
        return len(queries)

    for number in range(5):
        MAKERS[model](number)
    few = cost()
    for number in range(5, 50):
        MAKERS[model](number)
    assert cost() == few
    assert few <= 9


@pytest.mark.one_database
@each_model
def test_a_list_shows_dates_in_one_form_and_no_red_cross(staff: Client, model: type[Model]) -> None:
    MAKERS[model](1)
    page = staff.get(address(model, "changelist")).text
    rows = page.partition('id="result_list"')[2].partition("</table>")[0]
    assert "lt-cell" in rows
    shown = re.sub(r"<[^>]*>", " ", rows)
    assert not re.search(r"[ap]\.m\.|\bnoon\b|\bmidnight\b", shown)
    assert not re.search(r"\b\d{4}-\d\d-\d\d\b", shown)
    assert "close_small" not in rows
    assert 'title="False"' not in rows


@pytest.mark.one_database
@each_model
def test_a_list_does_not_carry_payloads(staff: Client, model: type[Model]) -> None:
    MAKERS[model](0)
    with CaptureQueriesContext(connection) as queries:
        staff.get(address(model, "changelist"))
    statements = " ".join(query["sql"] for query in queries)
    assert '."raw"' not in statements
    assert '."payload"' not in statements


@each_model
def test_every_filter_and_search_answers(staff: Client, model: type[Model]) -> None:
    MAKERS[model](0)
    entry = admin.site._registry[model]
    queries = ["q=2", "q=nothing", "o=1", "p=1"]
    answer = staff.get(address(model, "changelist"))
    for one in answer.context["cl"].filter_specs:
        queries += [
            choice["query_string"][1:]
            for choice in one.choices(answer.context["cl"])
            if choice.get("query_string")
        ]
    if entry.date_hierarchy:
        queries += [
            f"{entry.date_hierarchy}__year=2026",
            f"{entry.date_hierarchy}__year=2026&{entry.date_hierarchy}__month=9",
        ]
    for query in queries:
        assert staff.get(f"{address(model, 'changelist')}?{query}").status_code == 200, query


def test_years_are_found_without_asking_each_row(staff: Client) -> None:
    scenes.recovery()
    scenes.recovery(800)
    answer = staff.get(address(WhoopRecovery, "changelist"))
    for year in (2024, 2025, 2026):
        assert f"?date__year={year}" in answer.text
    assert "date__year=2023" not in answer.text


def test_years_of_instants_are_local(staff: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    scenes.run(started_at=datetime(2024, 6, 1, tzinfo=UTC))
    scenes.run(started_at=datetime(2025, 12, 31, 20, tzinfo=UTC))
    assert "started_at__year=2026" in staff.get(address(SyncRun, "changelist")).text


def test_tombstones_are_listed_marked_and_filtered(staff: Client) -> None:
    scenes.recovery(0)
    scenes.recovery(1, deleted_at=scenes.NOW)
    listing = address(WhoopRecovery, "changelist")
    assert staff.get(listing).context["cl"].result_count == 2
    gone = staff.get(f"{listing}?gone=yes").context["cl"].queryset
    assert [record.date for record in gone] == [date(2026, 9, 15)]
    kept = staff.get(f"{listing}?gone=no").context["cl"].queryset
    assert [record.date for record in kept] == [date(2026, 9, 16)]


def test_a_state_that_whoop_adds_is_shown_as_it_is(staff: Client) -> None:
    scenes.recovery(score_state="SOMETHING_NEW", **scenes.SCORELESS_RECOVERY)
    assert "SOMETHING_NEW" in staff.get(address(WhoopRecovery, "changelist")).text


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"deleted_at": scenes.NOW, "failure": "It is too large."}, "gone"),
        ({"failure": "It is too large.", "fork": True}, "failed"),
        ({"fork": True, "archived": True}, "fork"),
        ({"archived": True}, "archived"),
        ({}, ""),
    ],
)
def test_a_repository_says_why_it_does_not_count(fields: dict[str, Any], state: str) -> None:
    entry: Any = admin.site._registry[Repository]
    assert entry.state(makers.repository(**fields)) == state


def test_repositories_that_failed_are_filtered(staff: Client) -> None:
    makers.repository("good")
    makers.repository("bad", failure="It is too large.")
    makers.repository("gone", failure="It is too large.", deleted_at=scenes.NOW)
    listing = address(Repository, "changelist")
    for query, names in (("failed=yes&gone=no", ["bad"]), ("failed=no", ["good"])):
        found = staff.get(f"{listing}?{query}").context["cl"].queryset
        assert [repository.name for repository in found] == names


def test_the_account_may_be_deleted_for_another_one(staff: Client) -> None:
    account = GitHubAccount.current()
    staff.post(address(GitHubAccount, "delete", account.pk), {"post": "yes"})
    assert GitHubAccount.current().user_id is None
    assert GitHubAccount.objects.count() == 1


def test_a_commit_tells_where_it_is(staff: Client) -> None:
    commit = makers.commit(makers.repository("portal"), makers.repository("copy"), mine=True)
    page = staff.get(address(Commit, "change", commit.pk)).text
    assert "robin/portal" in page
    assert "robin/copy" in page


def is_sent(parts: dict[str, str | None]) -> bool:
    kind = parts.get("type")
    return kind != "submit" and (kind not in {"checkbox", "radio"} or "checked" in parts)


class SentUnchanged(HTMLParser):
    """What a browser sends of the fields of a page in which nothing was touched."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self.sent: dict[str, Any] = {}
        self.name = ""
        self.feed(page.text.partition("<main")[2] or page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parts = dict(attrs)
        name, value = parts.get("name") or "", parts.get("value") or ""
        if tag in {"select", "textarea"}:
            self.name = name
        elif tag == "option" and "selected" in parts:
            self.sent.setdefault(self.name, []).append(value)
        elif tag == "input" and name and is_sent(parts):
            self.sent.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self.lasttag == "textarea" and self.name:
            self.sent[self.name] = [data.removeprefix("\n").removeprefix("\r\n")]

    def handle_endtag(self, tag: str) -> None:
        self.name = "" if tag in {"select", "textarea"} else self.name


def sent_unchanged(page: Any) -> dict[str, Any]:
    return SentUnchanged(page).sent


@pytest.mark.one_database
@each_model
def test_what_is_saved_unchanged_is_saved(staff: Client, model: type[Model]) -> None:
    record = MAKERS[model](1)
    address_of_one = address(model, "change", record.pk)
    page = staff.get(address_of_one)
    assert page.status_code == 200
    if 'name="_save"' not in page.text:
        return
    sent = sent_unchanged(page)
    answer = staff.post(address_of_one, sent)
    assert answer.status_code == 302, answer.context["errors"]


def test_an_answer_in_another_wording_keeps_it(staff: Client) -> None:
    wording = makers.behaviour("Drank", merged_into=makers.behaviour())
    one = makers.answer(wording, 1)
    page = staff.get(address(Answer, "change", one.pk))
    assert f'<option value="{wording.pk}" selected>' in page.text
    sent = sent_unchanged(page) | {"value": "0"}
    assert staff.post(address(Answer, "change", one.pk), sent).status_code == 302
    one.refresh_from_db()
    assert (one.behaviour, one.value) == (wording, 0)


def test_a_free_period_keeps_its_goal(staff: Client) -> None:
    goal = makers.goal()
    period = FreePeriod.objects.create(start=date(1990, 1, 1), mark="sick", goal=goal)
    page = staff.get(address(FreePeriod, "change", period.pk))
    assert staff.post(page.request["PATH_INFO"], sent_unchanged(page)).status_code == 302
    period.refresh_from_db()
    assert period.goal == goal


# --- What a service sent is for reading -----------------------------------------------------------


@pytest.mark.parametrize("model", [*SENT, *BOOKS], ids=name_of)
def test_nothing_is_added_changed_or_deleted_by_hand(staff: Client, model: type[Model]) -> None:
    record = MAKERS[model](0)
    count = model.objects.count()  # type: ignore[attr-defined]
    assert staff.get(address(model, "add")).status_code == 403
    page = staff.get(address(model, "change", record.pk))
    assert page.status_code == 200
    assert 'name="_save"' not in page.text
    assert staff.post(address(model, "change", record.pk), {}).status_code == 403
    if model is not GitHubAccount:  # so that another account can take its place
        answer = staff.post(address(model, "delete", record.pk), {"post": "yes"})
        assert answer.status_code == 403
        assert "delete_selected" not in staff.get(address(model, "changelist")).text
    assert model.objects.count() == count  # type: ignore[attr-defined]


def test_a_payload_is_readable(staff: Client) -> None:
    record = scenes.recovery(raw={"score": {"note": "<b>ünfit</b>"}})
    page = staff.get(address(WhoopRecovery, "change", record.pk)).text
    assert "&quot;note&quot;: &quot;&lt;b&gt;ünfit&lt;/b&gt;&quot;" in page


def test_a_rejected_item_is_readable(staff: Client) -> None:
    item = scenes.rejected()
    page = staff.get(address(RejectedItem, "change", item.pk)).text
    assert "sport_name: missing" in page
    assert "&quot;note&quot;: &quot;ünfit&quot;" in page
    item.payload = "not <JSON>"
    item.save()
    assert "not &lt;JSON&gt;" in staff.get(address(RejectedItem, "change", item.pk)).text


# --- What is typed in -----------------------------------------------------------------------------


@pytest.mark.parametrize("model", TYPED, ids=name_of)
def test_a_record_is_typed_in_changed_and_deleted(staff: Client, model: Any) -> None:
    assert staff.get(address(model, "add")).status_code == 200
    answer = staff.post(address(model, "add"), TYPED[model])
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    record = model.objects.get()
    assert (record.source, record.date) == (MANUAL, date(2026, 9, 16))
    page = address(model, "change", record.pk)
    assert staff.get(page).status_code == 200
    first = next(iter(TYPED[model]))
    staff.post(page, TYPED[model] | {first: "2026-09-15"})
    record.refresh_from_db()
    assert record.date == date(2026, 9, 15)
    staff.post(address(model, "delete", record.pk), {"post": "yes"})
    assert not model.objects.exists()


def test_tags_are_typed_with_commas(staff: Client) -> None:
    staff.post(address(TimeEntry, "add"), TYPED[TimeEntry])
    entry = TimeEntry.objects.get()
    assert (entry.tags, entry.duration) == (["focus", "deep work"], 5400)
    assert 'value="focus, deep work"' in staff.get(address(TimeEntry, "change", entry.pk)).text


@pytest.mark.parametrize("model", [Workout, WeighIn, TimeEntry, FastingPeriod], ids=name_of)
def test_what_a_service_sent_is_read_only_among_what_is_typed(staff: Client, model: Any) -> None:
    record = MAKERS[model](0)
    model.objects.update(source="Elsewhere")
    page = staff.get(address(model, "change", record.pk))
    assert page.status_code == 200
    assert 'name="_save"' not in page.text
    assert staff.post(address(model, "change", record.pk), {}).status_code == 403
    assert staff.post(address(model, "delete", record.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("model", "wrong", "named"),
    [
        (WeighIn, {"weight_kg": "-1"}, "weight_kg"),
        (WeighIn, {"measured_at_0": "2999-01-01"}, "measured_at"),
        (TimeEntry, {"end_0": "2026-09-15"}, "end"),
        (TimeEntry, {"start_1": "late"}, "start"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    staff: Client, model: Any, wrong: dict[str, str], named: str
) -> None:
    answer = staff.post(address(model, "add"), TYPED[model] | wrong)
    assert answer.status_code == 200
    assert named in answer.context["adminform"].form.errors
    assert not model.objects.exists()


# --- Workouts that are typed in -------------------------------------------------------------------

FORM = {
    "sport_name": "climbing",
    "start_0": "2026-09-16",
    "start_1": "23:30:00",
    "end_0": "2026-09-17",
    "end_1": "01:00:00",
}


def test_a_workout_is_typed_in(staff: Client) -> None:
    answer = staff.post(address(Workout, "add"), FORM | {"utc_offset_min": "120"})
    assert answer.status_code == 302, answer.context["errors"]
    workout = Workout.objects.get()
    assert (workout.source, workout.duration_min) == (MANUAL, 90)
    assert workout.date == date(2026, 9, 17)  # half past one, two hours east
    assert workout.strain is None


def test_what_is_typed_in_wins_over_what_is_computed(staff: Client) -> None:
    staff.post(address(Workout, "add"), FORM | {"date": "2026-09-15", "duration_min": "80"})
    workout = Workout.objects.get()
    assert (workout.date, workout.duration_min) == (date(2026, 9, 15), 80)


def test_a_moved_end_moves_the_duration(staff: Client) -> None:
    staff.post(address(Workout, "add"), FORM)
    workout = Workout.objects.get()
    changed = FORM | {"end_1": "00:30:00", "date": "2026-09-16", "duration_min": "90.0"}
    assert staff.post(address(Workout, "change", workout.pk), changed).status_code == 302
    workout.refresh_from_db()
    assert (workout.duration_min, workout.date) == (60, date(2026, 9, 16))


@pytest.mark.parametrize(
    "wrong",
    [{"end_0": "2026-09-15"}, {"date": "soon"}, {"duration_min": "-5"}, {"start_1": "late"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_workout_that_cannot_be_is_refused(staff: Client, wrong: dict[str, str]) -> None:
    answer = staff.post(address(Workout, "add"), FORM | wrong)
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert not Workout.objects.exists()


def test_a_typed_in_workout_may_be_deleted_and_a_synced_one_not(staff: Client) -> None:
    mine, theirs = scenes.typed_in(), scenes.workout()
    assert staff.get(address(Workout, "change", theirs.pk)).text.count('name="_save"') == 0
    assert staff.post(address(Workout, "delete", theirs.pk), {"post": "yes"}).status_code == 403
    everything = {"action": "delete_selected", "_selected_action": [mine.pk, theirs.pk]}
    staff.post(address(Workout, "changelist"), everything | {"post": "yes"})
    assert Workout.objects.count() == 2
    staff.post(address(Workout, "delete", mine.pk), {"post": "yes"})
    assert list(Workout.objects.all()) == [theirs]


# --- Connections ----------------------------------------------------------------------------------

SECRETS = {
    "client_secret": "SECRET-client-7f1",
    "access_token": "SECRET-access-8a2",
    "refresh_token": "SECRET-refresh-9b3",
}


def connection_form(**values: str) -> dict[str, str]:
    return {"provider": "whoop", "client_id": "a-client", "redirect_uri": "", **values}


def test_no_page_shows_a_secret(staff: Client) -> None:
    credential = scenes.connection(**SECRETS)
    change = address(OAuthCredential, "change", credential.pk)
    new = "SECRET-new-1c4"
    pages = [
        staff.get(address(OAuthCredential, "changelist")),
        staff.get(f"{address(OAuthCredential, 'changelist')}?q=SECRET"),
        staff.get(change),
        # Sent back with an error: what was typed in stays out of the answer too.
        staff.post(change, connection_form(provider="", client_secret=new)),
        staff.post(change, connection_form(client_secret=new), follow=True),
        staff.get(address(OAuthCredential, "history", credential.pk)),
        staff.get(address(OAuthCredential, "delete", credential.pk)),
        staff.get("/admin/"),
        staff.get("/"),
    ]
    for page in pages:
        assert page.status_code == 200
        # Neither as they are nor as they are stored.
        assert "SECRET-" not in page.text.replace("q=SECRET", "")
        assert "gAAAA" not in page.text
    credential.refresh_from_db()
    assert credential.client_secret == new


def test_an_empty_secret_keeps_the_stored_one(staff: Client) -> None:
    credential = scenes.connection(**SECRETS)
    form = connection_form(client_id="another", client_secret="")
    assert staff.post(address(OAuthCredential, "change", credential.pk), form).status_code == 302
    credential.refresh_from_db()
    assert credential.client_id == "another"
    assert {name: getattr(credential, name) for name in SECRETS} == SECRETS


def test_saving_does_not_bring_spent_tokens_back(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refresh in another process, between our reading of the row and our writing it."""
    credential = scenes.connection(**SECRETS)
    save = OAuthCredential.save

    def save_late(self: OAuthCredential, *args: Any, **kwargs: Any) -> None:
        OAuthCredential.objects.update(refresh_token="newer")
        save(self, *args, **kwargs)

    monkeypatch.setattr(OAuthCredential, "save", save_late)
    form = connection_form(client_id="another")
    staff.post(address(OAuthCredential, "change", credential.pk), form)
    credential.refresh_from_db()
    assert (credential.client_id, credential.refresh_token) == ("another", "newer")


def test_a_connection_is_added(staff: Client) -> None:
    form = connection_form(client_secret="a-secret")
    assert staff.post(address(OAuthCredential, "add"), form).status_code == 302
    assert OAuthCredential.objects.get().client_secret == "a-secret"


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "connected"),
        ({"needs_reauthorization": True}, "needs re-authorization"),
        ({"access_token": "", "refresh_token": ""}, "not connected"),
    ],
)
def test_the_state_of_a_connection(staff: Client, values: dict[str, Any], state: str) -> None:
    credential = scenes.connection(**values)
    for page in (
        address(OAuthCredential, "changelist"),
        address(OAuthCredential, "change", credential.pk),
    ):
        assert state in staff.get(page).text
    assert "16 Sep 2026, 17:28" in staff.get(page).text
    assert "read:recovery" in staff.get(page).text


# --- Accounts and the demo ------------------------------------------------------------------------


def test_an_account_is_added_and_gets_another_password(staff: Client) -> None:
    passwords = {"password1": "Zo4-tuba-lint", "password2": "Zo4-tuba-lint"}
    form = {"username": "sam", "usable_password": "true", **passwords}
    assert staff.post(address(User, "add"), form).status_code == 302
    sam = User.objects.get(username="sam")
    assert staff.get(address(User, "change", sam.pk)).status_code == 200
    assert staff.get(f"/admin/auth/user/{sam.pk}/password/").status_code == 200


def test_the_demo_is_marked_on_every_page(staff: Client, settings: Any) -> None:
    record = scenes.recovery()
    pages = [
        "/admin/",
        address(WhoopRecovery, "changelist"),
        address(WhoopRecovery, "change", record.pk),
        address(WhoopRecovery, "history", record.pk),
        address(Workout, "add"),
        address(User, "change", User.objects.get().pk).replace("/change/", "/password/"),
    ]
    assert all("Demo data" not in staff.get(page).text for page in pages)
    settings.DEMO = True
    for page in pages:
        assert "Demo data" in staff.get(page).text, page


def test_members_without_the_permission_see_nothing(client: Client) -> None:
    client.force_login(User.objects.create_user("sam", is_staff=True))
    assert client.get(address(WhoopRecovery, "changelist")).status_code == 403
