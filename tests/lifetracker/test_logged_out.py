"""What becomes of a form that is sent after the login has ended: nothing, and that is said, and the
person comes back to a page."""

from __future__ import annotations

from functools import cache
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from lifetracker.models import ApiToken, SyncRun
from tests import makers
from tests.addresses import addresses, for_programs
from tests.conftest import BROWSER

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

NOT_DONE = "You have been logged out, so nothing was changed."
PASSWORD = "correct horse battery"
SITE = "http://testserver"


@pytest.fixture
def robin(quick_passwords: None) -> User:
    return User.objects.create_superuser("robin", password=PASSWORD)


@cache
def buttons() -> list[str]:
    """Every address of a page that takes no GET, but for those of the login itself."""
    client = Client(headers={"accept": BROWSER})
    client.force_login(User.objects.get())
    found = {address for address in addresses() if not for_programs(address)}
    found -= {"/login/passkey/", "/login/passkey/options"}
    # Clients ask these without a login, and no page has a button for them.
    found -= {f"/ai-access/{name}" for name in ("register", "revoke", "token")}
    return sorted(address for address in found if client.get(address).status_code == 405)


def test_each_button_leads_to_the_login_and_back_to_a_page(robin: User) -> None:
    every = buttons()
    assert {"/sync/1", "/logout/", "/fasting/start", "/oauth/1/connect"} <= set(every)
    for address in every:
        browser = Client(headers={"accept": BROWSER})
        answer = browser.post(
            address, headers={"Referer": f"{SITE}/settings/tokens/?page=2"}, follow=True
        )
        assert NOT_DONE in answer.text, address
        login = answer.redirect_chain[-1][0]
        assert parse_qs(urlsplit(login).query)["next"] == ["/settings/tokens/?page=2"], address
        form = {"username": "robin", "password": PASSWORD, "next": "/settings/tokens/?page=2"}
        back = browser.post("/login/", form, follow=True)
        assert (back.status_code, back.request["PATH_INFO"]) == (200, "/settings/tokens/")
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize(
    "referer",
    ["", "https://evil.example/tokens", f"{SITE}/login/?next=/", f"{SITE}/sync/whoop", "nonsense:"],
)
def test_without_a_page_to_go_back_to_it_is_the_home_page(client: Client, referer: str) -> None:
    answer = client.post("/sync/whoop", headers={"Referer": referer})
    assert answer["Location"] == "/login/?next=/"


def test_a_page_that_takes_both_is_its_own_way_back(client: Client, robin: User) -> None:
    """A token that was asked for too late is not made, neither then nor after the login."""
    made = {"name": "a", "rights": "read", "days": ""}
    answer = client.post(
        "/settings/tokens/", made, headers={"Referer": f"{SITE}/settings/tokens/"}, follow=True
    )
    assert NOT_DONE in answer.text
    assert not ApiToken.objects.exists()


def test_a_page_that_is_only_opened_is_opened_after_the_login(client: Client) -> None:
    answer = client.get("/settings/tokens/", follow=True)
    assert answer.redirect_chain == [("/login/?next=/settings/tokens/", 302)]
    assert NOT_DONE not in answer.text


def test_the_admin_says_it_too(client: Client, robin: User) -> None:
    page = f"{SITE}/admin/auth/user/"
    answer = client.post("/admin/auth/user/", headers={"Referer": page}, follow=True)
    assert NOT_DONE in answer.text


def test_a_button_that_is_opened_as_a_page_says_what_it_is(client: Client, robin: User) -> None:
    client.force_login(robin)
    for address in buttons():
        answer = client.get(address)
        assert "This address only works with its button." in answer.text, address
        assert "POST" in answer["Allow"]
    refused = client.post("/api/docs")
    assert (refused.status_code, list(refused.json())) == (405, ["detail"])


def test_a_form_from_before_a_new_login_leads_back_to_its_page(robin: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(robin)
    issued = makers.api_token(user=robin)
    revoke = f"/settings/tokens/{issued.token.pk}/revoke"
    old = strict.get("/settings/tokens/").context["csrf_token"]
    strict.cookies.clear()
    strict.get("/login/")
    strict.force_login(robin)
    answer = strict.post(
        revoke, {"csrfmiddlewaretoken": str(old)}, headers={"Referer": f"{SITE}/settings/tokens/"}
    )
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.text
    assert (
        '<a class="button primary" href="/settings/tokens/">Go back to the page</a>' in answer.text
    )
    assert ApiToken.objects.get().revoked_at is None
