"""API tokens: what they open, and how they are made and taken back."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lifetracker.models import ApiToken, SyncRun, digest_of
from tests import makers
from tests.addresses import addresses
from weight.models import WeighIn

pytestmark = pytest.mark.django_db

WEIGHED = {"measured_at": "2026-09-16T07:00", "weight_kg": 70}
JSON = "application/json"


def bearer(secret: str, scheme: str = "Bearer") -> dict[str, str]:
    return {"Authorization": f"{scheme} {secret}"}


def secret_in(text: str) -> str:
    found = re.search(r"lt_[\w-]{43}", text)
    assert found, text
    return found.group()


# --- At the door ----------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token", "token"])
def test_a_token_opens_the_api_and_nothing_else(client: Client, scheme: str) -> None:
    headers = bearer(makers.api_token().secret, scheme)
    assert client.get("/api/weight", headers=headers).status_code == 200
    assert client.post("/api/weight", WEIGHED, JSON, headers=headers).status_code == 201
    for page in ("/settings/tokens/", "/admin/"):
        assert client.get(page, headers=headers).status_code == 302
    assert list(client.get("/", headers=headers).json()) == ["endpoints"], "no page of a person"


def test_what_is_kept_does_not_open(client: Client) -> None:
    token, secret = makers.api_token()
    assert token.digest == digest_of(secret)
    kept = " ".join(str(value) for value in ApiToken.objects.values().get().values())
    assert secret not in kept
    assert client.get("/api/weight", headers=bearer(token.digest)).status_code == 401


def test_tokens_are_drawn_anew_and_long() -> None:
    secrets = {makers.api_token(f"script {number}").secret for number in range(50)}
    assert len(secrets) == 50
    assert all(re.fullmatch(r"lt_[\w-]{43}", secret) for secret in secrets)


@pytest.mark.parametrize(
    "header",
    [
        *("Bearer lt_wrong", "Token lt_wrong", "Bearer", "Token ", "Bearer a b", "Bearer \xff\xfe"),
        *("Bearer lt_\0", "Basic cm9iaW46eA==", "Nothing", "Tokenizer x", ""),
    ],
)
def test_a_wrong_header_is_a_401_that_says_what_to_do(client: Client, header: str) -> None:
    answer = client.get("/api/weight", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] in {"Bearer", "Token"}
    assert "token" in answer.json()["detail"].lower()


def test_a_token_that_opens_nothing_says_why(client: Client) -> None:
    def told(secret: str) -> str:
        answer = client.get("/api/weight", headers=bearer(secret))
        assert answer.status_code == 401
        assert "/settings/tokens/" in answer.json()["detail"]
        return str(answer.json()["detail"])

    old = makers.api_token("old", days=1)
    ApiToken.objects.update(expires_at=timezone.now())
    assert "expired" in told(old.secret)
    revoked = makers.api_token("revoked")
    ApiToken.objects.filter(name="revoked").revoke()
    assert "revoked" in told(revoked.secret)
    gone = makers.api_token("gone")
    User.objects.update(is_active=False)
    assert "inactive" in told(gone.secret)
    gone.token.delete()
    assert "does not exist" in told(gone.secret)


def test_a_wrong_token_is_not_mended_by_a_session(client: Client) -> None:
    client.force_login(User.objects.create_user("robin"))
    assert client.get("/api/weight", headers=bearer("lt_wrong")).status_code == 401


def test_a_token_lasts_as_many_days_as_it_was_given(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = bearer(makers.api_token(days=2).secret)
    made = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: made + timedelta(days=1, hours=23))
    assert client.get("/api/weight", headers=headers).status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: made + timedelta(days=2, minutes=1))
    assert client.get("/api/weight", headers=headers).status_code == 401


def test_a_token_costs_one_query_and_seldom_a_second(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = timezone.now()
    headers = bearer(makers.api_token().secret)

    def cost(after: timedelta) -> list[str]:
        monkeypatch.setattr(timezone, "now", lambda: start + after)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/api/github/refresh/jobs", headers=headers).status_code == 200
        return [
            query["sql"].split()[0] for query in queries if "lifetracker_apitoken" in query["sql"]
        ]

    assert cost(timedelta()) == ["SELECT", "UPDATE"]
    assert cost(timedelta(seconds=1)) == cost(timedelta(minutes=4)) == ["SELECT"]
    assert ApiToken.objects.get().last_used_at == start
    assert cost(timedelta(minutes=5)) == ["SELECT", "UPDATE"]
    assert ApiToken.objects.get().last_used_at == start + timedelta(minutes=5)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "path", [p for p in sorted(set(addresses())) if p.startswith("/api/") and p != "/api/docs"]
)
def test_a_token_for_reading_writes_nowhere(client: Client, path: str) -> None:
    if path == "/api/health":
        pytest.skip("open, and takes no notice of tokens")
    secret = makers.api_token(user=User.objects.create_superuser("root"), read_only=True).secret
    for method in ("POST", "PUT", "PATCH", "DELETE", "PURGE"):
        answer = client.generic(method, path, "{}", JSON, headers=bearer(secret))
        assert (answer.status_code, "read only" in answer.text) == (403, True), method
    assert client.options(path, headers=bearer(secret)).status_code in {200, 404}


def test_a_token_for_reading_reads_and_starts_nothing(client: Client, whoop: Any) -> None:
    headers = bearer(makers.api_token(read_only=True).secret)
    assert client.get("/api/weight", headers=headers).status_code == 200
    for ask in (client.get, client.head):
        assert ask("/api/whoop/refresh/today", headers=headers).status_code == 403
    assert not SyncRun.objects.exists()
    writing = bearer(makers.api_token("writes").secret)
    assert client.get("/api/whoop/refresh/today", headers=writing).status_code == 202


@pytest.mark.one_database
def test_a_get_that_starts_something_says_so(client: Client, whoop: Any) -> None:
    """Whatever starts a run on GET must be closed to tokens for reading."""
    headers = bearer(makers.api_token(read_only=True).secret)
    for path in sorted(set(addresses())):
        if path.startswith("/api/"):
            client.get(path, headers=headers)
    assert not SyncRun.objects.exists()


# --- The page -------------------------------------------------------------------------------------


def make(client: Client, name: str = "my script", rights: str = "write", days: str = "30") -> Any:
    return client.post("/settings/tokens/", {"name": name, "rights": rights, "days": days})


def test_the_home_page_leads_to_the_tokens(person: Client) -> None:
    assert 'href="/settings/"' in person.get("/").text


@pytest.mark.parametrize(("rights", "posting"), [("write", 201), ("read", 403)])
def test_a_token_is_made_and_shown_once(
    person: Client, client: Client, rights: str, posting: int
) -> None:
    answer = make(person, rights=rights)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    secret = secret_in(answer.text)
    assert answer.text.count(secret) == 1
    listed = person.get("/settings/tokens/").text
    assert "my script" in listed
    assert secret not in listed
    assert secret[:9] in listed
    script = Client()
    assert script.get("/api/weight", headers=bearer(secret)).status_code == 200
    posted = script.post("/api/weight", WEIGHED, JSON, headers=bearer(secret))
    assert posted.status_code == posting
    assert WeighIn.objects.count() == (posting == 201)


@pytest.mark.parametrize(
    ("days", "expected"), [("30", timedelta(days=30)), ("365", timedelta(days=365)), ("", None)]
)
def test_how_long_it_works(person: Client, days: str, expected: timedelta | None) -> None:
    make(person, days=days)
    expires = ApiToken.objects.get().expires_at
    assert (expires and expires - timezone.now()) == expected


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 61}, {"name": "a\0b"}, {"rights": "all"}, {"days": "100000"}],
)
def test_what_makes_no_token(person: Client, wrong: dict[str, str]) -> None:
    answer = make(person, **wrong)
    assert "field-error" in answer.text
    assert not ApiToken.objects.exists()


def test_names_are_told_apart(person: Client) -> None:
    make(person)
    assert "already have a token with this name" in make(person).text
    assert ApiToken.objects.count() == 1
    ApiToken.objects.all().revoke()
    make(person)
    assert ApiToken.objects.count() == 2


def test_revoking_on_the_page(person: Client) -> None:
    secret = secret_in(make(person).text)
    token = ApiToken.objects.get()
    asked = person.get(f"/settings/tokens/{token.pk}/revoke")
    assert "Revoke <bdi>my script</bdi>?" in asked.text
    token.refresh_from_db()
    assert token.revoked_at is None, "asking changes nothing"
    answer = person.post(f"/settings/tokens/{token.pk}/revoke", follow=True)
    assert "The token my script was revoked." in answer.text
    assert secret[:9] not in answer.text
    assert Client().get("/api/weight", headers=bearer(secret)).status_code == 401


def test_tokens_of_others_are_not_to_be_seen_or_revoked(person: Client) -> None:
    theirs = makers.api_token("theirs", user=User.objects.create_user("sam")).token
    assert "theirs" not in person.get("/settings/tokens/").text
    assert person.get(f"/settings/tokens/{theirs.pk}/revoke").status_code == 404
    assert person.post(f"/settings/tokens/{theirs.pk}/revoke").status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_the_page_costs_as_many_queries_however_many_there_are(
    person: Client, django_assert_num_queries: Any
) -> None:
    for number in range(30):
        makers.api_token(f"script {number}")
        if number in {0, 29}:
            # The session, the person, the tokens, and for the mark in the rail what needs the person.
            with django_assert_num_queries(4):
                assert person.get("/settings/tokens/").status_code == 200


def test_an_expired_token_is_marked(person: Client) -> None:
    makers.api_token(days=1)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "Expired" in person.get("/settings/tokens/").text


# --- The admin ------------------------------------------------------------------------------------


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


def address(page: str, *args: Any) -> str:
    return reverse(f"admin:lifetracker_apitoken_{page}", args=args)


def admin_form(user: User, **values: str) -> dict[str, Any]:
    form = {"user": user.pk, "name": "from the admin", "expires_at_0": "", "expires_at_1": ""}
    return form | {"scope": "write"} | values


def test_the_admin_shows_a_new_token_once_and_no_digest(staff: Client) -> None:
    answer = staff.post(address("add"), admin_form(User.objects.get()), follow=True)
    secret = secret_in(answer.text)
    token = ApiToken.objects.get()
    assert Client().get("/api/weight", headers=bearer(secret)).status_code == 200
    for page in (address("changelist"), address("change", token.pk)):
        text = staff.get(page).text
        assert "from the admin" in text
        assert secret not in text
        assert token.digest not in text


def test_the_admin_changes_rights_and_leaves_the_secret(staff: Client) -> None:
    token, secret = makers.api_token()
    form = admin_form(token.user, name="renamed", scope="read")
    assert staff.post(address("change", token.pk), form).status_code == 302
    token.refresh_from_db()
    assert (token.name, token.read_only, token.digest) == ("renamed", True, digest_of(secret))


def test_the_admin_revokes(staff: Client) -> None:
    token = makers.api_token().token
    staff.post(address("changelist"), {"action": "revoke", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at
    assert "revoked" in staff.get(address("changelist")).text


def test_staff_gets_no_token_with_anothers_rights(client: Client) -> None:
    root = User.objects.create_superuser("root")
    makers.api_token("of root", user=root)
    sam = User.objects.create_user("sam", is_staff=True)
    permissions = ("add_apitoken", "view_apitoken", "change_apitoken", "delete_apitoken")
    sam.user_permissions.set(sam.user_permissions.model.objects.filter(codename__in=permissions))
    client.force_login(sam)
    assert "of root" not in client.get(address("changelist")).text
    refused = client.post(address("add"), admin_form(root))
    assert refused.status_code == 200
    assert ApiToken.objects.get().user == root
    assert client.post(address("add"), admin_form(sam)).status_code == 302
    assert ApiToken.objects.filter(user=sam).count() == 1


# --- The command ----------------------------------------------------------------------------------


def call(*words: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("api_token", *words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_makes_lists_and_revokes(client: Client) -> None:
    User.objects.create_user("robin")
    out, err = call("create", "nightly", "--read-only", "--days", "10")
    secret = out.strip()
    assert secret_in(secret) == secret
    assert "once" in err
    assert client.get("/api/weight", headers=bearer(secret)).status_code == 200
    assert client.post("/api/weight", headers=bearer(secret)).status_code == 403
    call("create", "weekly")
    listed, _ = call("list")
    nightly, weekly = sorted(listed.splitlines(), key=lambda line: "weekly" in line)
    assert nightly.split() == [
        *(secret[:9], "nightly", "robin", "read", "only", "last", "used"),
        *(nightly.split()[7], "valid", "until", nightly.split()[-1]),
    ]
    assert "read and write  not used yet  valid until revoked" in weekly
    assert secret not in listed
    assert "Revoked" in call("revoke", secret[:9])[0]
    assert "Revoked" in call("revoke", "weekly")[0]
    assert client.get("/api/weight", headers=bearer(secret)).status_code == 401
    assert call("list") == ("", "")


def test_the_command_says_what_is_wrong() -> None:
    def refused(*words: str) -> str:
        with pytest.raises(CommandError) as error:
            call(*words)
        return str(error.value)

    assert "createsuperuser" in refused("create", "nightly")
    robin, sam = (User.objects.create_user(name) for name in ("robin", "sam"))
    assert "--user" in refused("create", "nightly")
    assert "no account 'kim'" in refused("create", "nightly", "--user", "kim")
    call("create", "nightly", "--user", "sam")
    call("create", "nightly", "--user", "robin")
    assert "already" in refused("create", "nightly", "--user", "sam")
    assert "Several tokens match" in refused("revoke", "nightly")
    assert "There is no token named" in refused("revoke", "weekly")
    assert "number of days" in refused("create", "x", "--user", "sam", "--days", "0")
    assert set(ApiToken.objects.values_list("user", flat=True)) == {robin.pk, sam.pk}
    assert not ApiToken.objects.exclude(revoked_at=None).exists()
