"""Webhooks of Withings, switched on and off on the page of connections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from lifetracker.models import WebhookDelivery
from lifetracker.sync.webhooks import own_secrets
from lifetracker.web.connections.deliveries import Newest, Waiting, delivery_words
from oauth_integration.models import OAuthCredential
from tests.browser.scenes import NOW, TODAY

pytestmark = pytest.mark.django_db

ACTS = "/connections/withings/webhooks"


@pytest.fixture
def person(client: Client) -> Client:
    client.force_login(User.objects.create_user("robin", is_staff=True))
    return client


def said(client: Client, act: str) -> str:
    return client.post(ACTS, {"act": act}, follow=True).text


@pytest.mark.django_db(transaction=True)
def test_the_buttons_tell_the_service(
    withings: Any, live_server: Any, settings: Any, person: Client
) -> None:
    OAuthCredential.objects.update(account=str(withings.user_id))
    settings.PUBLIC_URL = live_server.url
    assert "no webhooks are registered" in said(person, "list")
    assert "Subscribed to weigh-ins at Withings." in said(person, "subscribe")
    assert len(withings.subscriptions()) == 1
    listed = said(person, "list")
    assert f"appli 1 to {live_server.url}/webhooks/withings" in listed
    assert own_secrets("withings")[0] not in listed
    assert "Unsubscribed from weigh-ins" in said(person, "unsubscribe")
    assert withings.subscriptions() == []


def test_what_is_wrong_is_said(withings: Any, person: Client, settings: Any) -> None:
    settings.PUBLIC_URL = ""
    assert "PUBLIC_URL is not set" in said(person, "subscribe")
    page = person.get("/connections/").text
    assert "Services deliver only to an https address." in page
    assert ACTS not in page
    assert person.post(ACTS, {"act": "explode"}).status_code == 404
    assert person.post("/connections/whoop/webhooks", {"act": "list"}).status_code == 404
    assert person.get(ACTS).status_code == 405


def test_only_staff_tells_a_service(withings: Any, person: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://life.example"
    assert ACTS in person.get("/connections/").text
    User.objects.update(is_staff=False)
    assert ACTS not in person.get("/connections/").text
    assert person.post(ACTS, {"act": "subscribe"}).status_code == 403


def test_a_row_says_what_arrived(withings: Any, person: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://life.example"
    assert "Nothing has arrived yet." in person.get("/connections/").text
    now = timezone.now()
    for number in range(3):
        WebhookDelivery.objects.create(
            source="Withings", delivery_id=str(number), event="appli 1", attempts=number,
            received_at=now - timedelta(minutes=3 - number),
        )  # fmt: skip
    page = person.get("/connections/").text
    assert "3 deliveries wait, 2 of them tried in vain." in page
    assert "arrives</span>" in page


@pytest.mark.parametrize(
    ("last", "waiting", "words"),
    [
        (None, None, "Nothing has arrived yet."),
        ({}, None, "Last delivery 09:30."),
        ({"outcome": "Given up. 500."}, None, "Last delivery 09:30. Given up. 500."),
        ({}, Waiting(1, 0), "Last delivery 09:30. 1 delivery waits."),
        ({}, Waiting(1, 1), "Last delivery 09:30. 1 delivery waits, tried in vain."),
        ({}, Waiting(2, 1), "Last delivery 09:30. 2 deliveries wait, 1 of them tried in vain."),
    ],
)
def test_words(
    settings: Any, last: dict[str, str] | None, waiting: Waiting | None, words: str
) -> None:
    settings.TIME_ZONE = "UTC"
    at = NOW.replace(hour=9, minute=30)
    newest = None
    if last is not None:
        delivery = WebhookDelivery(received_at=at, handled_at=at, **last)
        newest = Newest(delivery, waiting or Waiting(0, 0))
    assert delivery_words(newest, TODAY) == words
