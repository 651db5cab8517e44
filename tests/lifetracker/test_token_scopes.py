"""What tokens are limited to: domains, and to send files."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from lifetracker.api.authentication import ONLY_IMPORTS
from lifetracker.api.index import class_of
from lifetracker.domains import domain_of_key, domain_of_module, domains
from lifetracker.metrics.domains import domains_behind
from lifetracker.metrics.registry import all_metrics, metric_of
from lifetracker.models import ApiToken
from lifetracker.models.tokens import Scope
from lifetracker.sync.streams import domain_of_source
from tests import databases, makers
from tests.addresses import addresses
from tests.browser import scenes
from weight.models import WeighIn

pytestmark = pytest.mark.django_db

# Shared endpoints that tell a token of its domains alone. Every other one that all share is closed to it.
KEEP_TO_DOMAINS = {
    *("/api/metrics", "/api/metrics/series", "/api/metrics/1", "/api/metrics/1/records"),
    *("/api/day/1", "/api/sync/runs", "/api/sync/runs/1", "/api/sync/coverage"),
    *("/api/revisions", "/api/schema"),
}
# These take no notice of tokens: the health is open to all, and the page of the API wants a login.
WITHOUT_TOKENS = {"/api/health", "/api/docs"}
ENDPOINTS = sorted({one for one in addresses() if one.startswith("/api/")} - WITHOUT_TOKENS)
BEFORE = "0025_kind_of_imports"
LIMITED = "This API token is limited to"
JSON = "application/json"


def headers(**options: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {makers.api_token('limited', **options).secret}"}


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root")


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: scenes.NOW)
    databases.once(scenes.everything)


def domain_of(address: str) -> str:
    return domain_of_module(getattr(class_of(resolve(address).func), "__module__", ""))


# --- Every endpoint -------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize("domain", sorted(domains()))
def test_a_token_for_one_domain_opens_no_other(client: Client, root: User, domain: str) -> None:
    """The methods are those that change nothing: to which domain an endpoint belongs does not depend on them."""
    limited = headers(user=root, domains=[domain])
    opened = set()
    for address in ENDPOINTS:
        for method in ("OPTIONS", "PURGE"):
            answer = client.generic(method, address, headers=limited)
            if LIMITED not in answer.text:
                assert answer.status_code in {200, 404, 405}, (method, address)
                opened.add(address)
            else:
                assert answer.status_code == 403
                assert domains()[domain] in answer.json()["detail"]
    own = {address for address in ENDPOINTS if domain_of(address) == domain}
    assert opened == own | KEEP_TO_DOMAINS


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_each_method_is_refused(client: Client, root: User, method: str) -> None:
    limited = headers(user=root, domains=["fasting"])
    for address in ("/api/weight", "/api/weight/1", "/api/day-marks", "/api/doctor"):
        answer = client.generic(method, address, "{}", JSON, headers=limited)
        assert answer.status_code == 403, address
        assert method == "HEAD" or LIMITED in answer.json()["detail"]
    assert not WeighIn.objects.exists()


def test_the_walk_knows_the_domains() -> None:
    found = {domain_of(address) for address in ENDPOINTS}
    assert found - {""} <= set(domains())
    assert {"whoop", "weight", "fasting", "goals", "journal"} <= found


@pytest.mark.one_database
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"])
def test_a_token_for_files_does_nothing_else(client: Client, root: User, method: str) -> None:
    sending = headers(user=root, scope=Scope.IMPORT)
    for address in [*ENDPOINTS, "/"]:
        view = class_of(resolve(address).func)
        if getattr(view, "takes_imports", False) or (address == "/" and method != "GET"):
            continue
        answer = client.generic(method, address, "{}", JSON, headers=sending)
        assert (answer.status_code, answer.json()["detail"]) == (403, ONLY_IMPORTS), address


@pytest.mark.parametrize(
    "name", ["/settings/tokens/", "/search/", "/settings/data/export", "/admin/"]
)
def test_pages_take_no_token_at_all(client: Client, root: User, name: str) -> None:
    assert client.get(name, headers=headers(user=root, domains=["weight"])).status_code == 302


# --- What endpoints that all share tell -----------------------------------------------------------


def test_a_limited_token_reads_the_numbers_of_its_domain(client: Client, everything: None) -> None:
    limited = headers(domains=["weight", "fasting"])
    told = client.get("/api/metrics", headers=limited).json()["metrics"]
    keys = {one["key"] for one in told}
    assert {"weight.kg", "weight.trend", "fasting.hours"} <= keys
    assert {one["domain"] for one in told} == {"weight", "fasting"}
    day = client.get("/api/day/2026-09-16", headers=limited).json()
    assert {one["domain"] for one in day["domains"]} == {"weight", "fasting"}
    assert day["marks"] is None
    for path in (
        "weight.kg",
        "series?keys=weight.kg,fasting.hours",
        "weight.kg/records?date=2026-09-16",
    ):
        assert client.get(f"/api/metrics/{path}", headers=limited).status_code == 200, path
    for path in (
        "time.hours",
        "series?keys=weight.kg,time.hours",
        "time.hours/records?date=2026-09-16",
    ):
        refused = client.get(f"/api/metrics/{path}", headers=limited)
        assert refused.status_code == 403, path
        assert "limited to Fasting and Weight" in refused.json()["detail"]


def test_a_number_of_several_domains_needs_all_of_them(client: Client, everything: None) -> None:
    expenditure = metric_of("nutrition.expenditure")
    assert domains_behind(expenditure) == {"nutrition", "weight"}
    one = headers(domains=["nutrition"])
    assert client.get("/api/metrics/nutrition.expenditure", headers=one).status_code == 403
    ApiToken.objects.update(domains=["nutrition", "weight"])
    assert client.get("/api/metrics/nutrition.expenditure", headers=one).status_code == 200


def test_runs_coverage_and_revisions_of_a_domain(client: Client, everything: None) -> None:
    limited = headers(domains=["github_projects"])
    runs = client.get("/api/sync/runs", headers=limited).json()["results"]
    assert {one["source"] for one in runs} == {"GitHub"}
    assert domain_of_source("WhoopExport") == "whoop"
    assert domain_of_source("nobody") == ""
    every = client.get("/api/sync/runs", headers=headers_of_all()).json()["results"]
    others = next(one["id"] for one in every if one["source"] != "GitHub")
    assert client.get(f"/api/sync/runs/{others}", headers=limited).status_code == 404
    covered = client.get("/api/sync/coverage", headers=limited).json()["sources"]
    assert [one["source"] for one in covered] == ["GitHub"]
    weighed = WeighIn.objects.filter(source="Manual").first()
    assert weighed
    weighed.mark_deleted()
    assert client.get("/api/revisions", headers=headers_of_all()).json()["count"]
    assert client.get("/api/revisions", headers=limited).json()["count"] == 0
    ApiToken.objects.filter(name="limited").update(domains=["weight"])
    assert client.get("/api/revisions", headers=limited).json()["count"]


def headers_of_all() -> dict[str, str]:
    return {
        "Authorization": f"Bearer {makers.api_token(str(timezone.now().timestamp() + ApiToken.objects.count())).secret}"
    }


def test_every_metric_is_of_a_domain(everything: None) -> None:
    for metric in all_metrics():
        assert domains_behind(metric) <= set(domains()), metric.key
    assert domain_of_key("time.hours") == "time_logs"
    assert domain_of_key("nonsense.key") == ""


def test_a_domain_that_is_gone_opens_nothing(client: Client) -> None:
    limited = headers(domains=["moods"])
    assert client.get("/api/weight", headers=limited).status_code == 403
    assert client.get("/api/metrics", headers=limited).json() == {"metrics": []}
    assert "moods" in client.get("/api/weight", headers=limited).json()["detail"]


# --- How they are made ----------------------------------------------------------------------------


def test_the_page_makes_a_limited_token(person: Client) -> None:
    form = {"name": "scale", "rights": "read", "days": "30", "domains": ["weight", "fasting"]}
    page = person.post("/settings/tokens/", form).text
    token = ApiToken.objects.get()
    assert (token.scope, token.domains) == (Scope.READ, ["fasting", "weight"])
    assert "only Fasting, Weight" in page
    wrong = person.post("/settings/tokens/", form | {"name": "other", "domains": ["moods"]})
    assert "field-error" in wrong.text
    assert ApiToken.objects.count() == 1


def test_the_command_makes_them() -> None:
    User.objects.create_user("robin")
    for words in (["scale", "--domain", "weight", "--read-only"], ["phone", "--import-only"]):
        call_command("api_token", "create", *words, stdout=StringIO(), stderr=StringIO())
    out = StringIO()
    call_command("api_token", "list", stdout=out)
    assert "robin  read only: Weight  not used yet" in out.getvalue()
    assert "robin  send Health Auto Export only  not used yet" in out.getvalue()


def test_the_admin_changes_domains(admin_client: Client) -> None:
    token = makers.api_token(domains=["weight"]).token
    address = f"/admin/lifetracker/apitoken/{token.pk}/change/"
    form = {"name": token.name, "scope": "write", "expires_at_0": "", "expires_at_1": ""}
    assert 'value="weight"' in admin_client.get(address).text
    assert admin_client.post(address, form | {"domains": ["fasting"]}).status_code == 302
    token.refresh_from_db()
    assert token.domains == ["fasting"]
    assert admin_client.post(address, form | {"domains": ["moods"]}).status_code == 200
    assert admin_client.post(address, form).status_code == 302
    token.refresh_from_db()
    assert token.domains == []


@pytest.mark.parametrize("wrong", [["moods"], "weight", {"weight": 1}, [1], [["weight"]]])
def test_what_are_no_domains(wrong: Any) -> None:
    token = makers.api_token().token
    token.domains = wrong
    with pytest.raises(ValidationError, match="domains"):
        token.full_clean()


@pytest.mark.django_db(transaction=True)
def test_tokens_keep_what_they_could_do() -> None:
    call_command("migrate", "lifetracker", BEFORE, verbosity=0)
    executor = MigrationExecutor(connection)
    older = executor.loader.project_state([("lifetracker", BEFORE)]).apps
    user = older.get_model("auth", "User").objects.create(username="robin")
    tokens = older.get_model("lifetracker", "ApiToken").objects
    for name, read_only in (("reads", True), ("writes", False)):
        tokens.create(user=user, name=name, digest=name, prefix=name, read_only=read_only)
    call_command("migrate", verbosity=0)
    found = {one.name: (one.scope, one.domains) for one in ApiToken.objects.all()}
    assert found == {"reads": (Scope.READ, []), "writes": (Scope.WRITE, [])}
    ApiToken.objects.filter(name="writes").update(domains=["weight"])
    call_command("migrate", "lifetracker", BEFORE, verbosity=0)
    kept = dict(tokens.values_list("name", "revoked_at"))
    assert kept["reads"] is None
    assert kept["writes"], "it would open all domains now"
    call_command("migrate", verbosity=0)
