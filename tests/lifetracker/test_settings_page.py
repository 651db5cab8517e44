"""The pages of settings: what is chosen is shown everywhere, and old addresses still lead there."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from lifetracker.accounts.events import Kind, record
from lifetracker.models import ApiToken, Preferences
from tests import makers

pytestmark = pytest.mark.django_db

AMERICAN = {
    "mass": "lb",
    "distance": "mi",
    "clock": "12",
    "first_weekday": "6",
    "theme": "dark",
}


def choose(client: Client, **values: str) -> Any:
    return client.post("/settings/", AMERICAN | values, follow=True)


def test_what_is_chosen_is_stored_and_shown_at_once(person: Client) -> None:
    page = person.get("/settings/").text
    for words in ("70.0 kg", "5.0 km", "Wed 16 Sep, 14:00", "Mon 14 Sep"):
        assert words in page
    answer = choose(person)
    assert answer.redirect_chain == [("/settings/", 302)]
    page = answer.text
    for words in ("Saved.", "154.3 lb", "3.1 mi", "Wed 16 Sep, 2:00 pm", "Sun 13 Sep"):
        assert words in page
    assert 'data-theme="dark"' in page
    assert '<option value="lb" selected>' in page
    row = Preferences.objects.get()
    assert (row.pk, row.mass, row.distance, row.clock) == (1, "lb", "mi", 12)
    assert (row.first_weekday, row.theme) == (6, "dark")
    choose(person, mass="kg", theme="system")
    assert Preferences.objects.get().mass == "kg"
    assert "data-theme" not in person.get("/settings/").text


@pytest.mark.parametrize(
    ("name", "value"),
    [("mass", "stone"), ("clock", "13"), ("clock", "noon"), ("first_weekday", "3"), ("theme", "")],
)
def test_what_cannot_be_chosen_is_refused_at_its_field(
    person: Client, name: str, value: str
) -> None:
    answer = choose(person, **{name: value})
    assert answer.status_code == 400
    assert f'id="id_{name}_error"' in answer.text
    assert not Preferences.objects.exists()
    others = {"mass": "lb", "distance": "mi"}
    for other in others.keys() - {name}:
        assert f'<option value="{others[other]}" selected>' in answer.text, "nothing is lost"


def test_strangers_choose_nothing(client: Client) -> None:
    assert client.get("/settings/").url == "/login/?next=/settings/"
    assert client.post("/settings/", AMERICAN).url.startswith("/login/")
    assert not Preferences.objects.exists()


@pytest.mark.parametrize(
    ("old", "new"), [("/account/", "/settings/account/"), ("/tokens", "/settings/tokens/")]
)
def test_old_addresses_lead_to_the_pages(person: Client, old: str, new: str) -> None:
    answer = person.get(f"{old}?from=a-bookmark")
    assert (answer.status_code, answer.url) == (307, f"{new}?from=a-bookmark")


def test_a_form_of_an_old_page_still_works(person: Client) -> None:
    form = {"name": "a script", "rights": "read", "days": "30"}
    assert person.post("/tokens", form, follow=True).status_code == 200
    token = ApiToken.objects.get()
    assert person.post(f"/tokens/{token.pk}/revoke").url == "/settings/tokens/"
    token.refresh_from_db()
    assert token.revoked_at


def test_the_pages_lead_to_each_other(person: Client) -> None:
    paths = ["/settings/", "/settings/account/", "/settings/tokens/", "/settings/data/"]
    for here in paths:
        page = person.get(here).text
        assert f'<a class="chip" href="{here}" aria-current="page">' in page
        for path in paths:
            assert f'href="{path}"' in page
        assert "\n" in page


def test_the_account_shows_its_own_log_and_no_other(person: Client) -> None:
    robin = User.objects.get()
    record(Kind.TOKEN_MADE, robin, "a script")
    record(Kind.LOGIN_FAILED, "somebody else", "wrong password")
    page = person.get("/settings/account/").text
    assert "API token created" in page
    assert "a script" in page
    assert "somebody else" not in page
    for number in range(30):
        record(Kind.LOGIN, robin, f"login {number}.")
    page = person.get("/settings/account/").text
    assert "login 29." in page
    assert "login 10." not in page


def test_addresses_of_webhooks_can_be_copied(person: Client, settings: Any) -> None:
    assert "Set <code>PUBLIC_URL</code>" in person.get("/settings/tokens/").text
    settings.PUBLIC_URL = "https://life.example.com"
    page = person.get("/settings/tokens/").text
    for slug in ("whoop", "withings", "toggl", "github"):
        assert f'id="webhook-{slug}"' in page
        assert f">https://life.example.com/webhooks/{slug}<" in page


def test_a_token_is_shown_once(person: Client) -> None:
    form = {"name": "a script", "rights": "read", "days": "30"}
    answer = person.post("/settings/tokens/", form)
    secret = answer.context["issued"].secret
    assert secret in answer.text
    assert secret not in person.get("/settings/tokens/").text
    assert secret not in person.get("/settings/account/").text


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/settings/", 2),
        ("/settings/account/", 9),
        ("/settings/tokens/", 3),
        ("/settings/data/", 4),
    ],
)
def test_what_they_cost(
    person: Client, path: str, most: int, django_assert_max_num_queries: Any
) -> None:
    person.get(path)
    for number in range(20):
        record(Kind.LOGIN, "robin", f"{number}")
        makers.api_token(f"script {number}", user=User.objects.get())
    with django_assert_max_num_queries(most + 1):
        person.get(path)
