"""Notifications in a real browser: what is chosen, how a browser is added and removed, and what it shows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Worker, expect

from notifications.models import Choices, Notification, PushSubscription
from tests import makers
from tests.browser.conftest import Visit
from tests.mail_server import MailServer
from tests.notifications.services import Browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
PAGE = "/settings/notifications/"
#: The service of its maker, by which a browser is reached, is not there in a test.
SUBSCRIBES = """(found) => {
  let kept = null;
  PushManager.prototype.getSubscription = async () => kept;
  PushManager.prototype.subscribe = async (options) => {
    if (options.applicationServerKey.length !== 65) throw new Error("no key");
    kept = {
      endpoint: found.endpoint,
      options,
      toJSON: () => ({ endpoint: found.endpoint, keys: { p256dh: found.p256dh, auth: found.auth } }),
      unsubscribe: async () => { kept = null; localStorage.setItem("unsubscribed", "yes"); },
    };
    localStorage.setItem("subscribed", "yes");
    return kept;
  };
  if (localStorage.getItem("subscribed")) PushManager.prototype.subscribe({ applicationServerKey: new Uint8Array(65) });
  Notification.requestPermission = async () => "granted";
}"""
RECORDS = """() => {
  self.shown = [];
  self.opened = [];
  self.registration.showNotification = async (title, { body, data, tag }) => {
    self.shown.push([title, body, data, tag ?? null]);
  };
  self.clients.matchAll = async () => [];
  self.clients.openWindow = async (url) => { self.opened.push(url); };
}"""


@pytest.fixture
def mail(settings: Any) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.OWNER_EMAIL = settings.DEFAULT_FROM_EMAIL = "robin@example.org"
        settings.EMAIL_BACKEND = "lifetracker.ops.smtp.Backend"
        yield server


@pytest.mark.parametrize("width", [1280, 390])
def test_what_to_be_told_is_chosen_and_tried(visit: Visiting, mail: MailServer, width: int) -> None:
    makers.notification(1)
    makers.notification(2, state="failed", outcome="The mail server did not answer. " * 5)
    window = visit(width)
    window.take_session()
    page = window.go(PAGE)
    goals = page.get_by_role("group", name="A goal is due tonight")
    goals.get_by_label("Mail").check()
    page.get_by_label("Quiet from").fill("22:00")
    page.get_by_label("Quiet until").fill("07:00")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(goals.get_by_label("Mail")).to_be_checked()
    expect(page.get_by_label("Quiet from")).to_have_value("22:00")
    assert Choices.objects.get().chosen == {"goal": ["mail"]}
    window.follow(page.get_by_role("button", name="Send a test by Mail"))
    expect(page.get_by_role("status")).to_contain_text("Mail: the test was sent.")
    assert len(mail.mails) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Notification.objects.count() == 2


def test_what_is_not_set_up_is_grey_and_leads_to_how_it_is_set_up(visit: Visiting) -> None:
    window = visit(390)
    window.take_session()
    page = window.go(PAGE)
    box = page.get_by_role("group", name="A goal is due tonight").get_by_label("ntfy")
    expect(box).to_be_disabled()
    expect(box).to_have_accessible_description("What is grey is not set up: see Channels.")
    page.get_by_role("link", name="Channels").click()
    expect(page.get_by_role("heading", name="Channels")).to_be_in_viewport()


def test_a_browser_is_added_and_removed(visit: Visiting) -> None:
    window = visit(workers="allow")
    window.take_session()
    script = json.dumps(Browser("https://push.example.org/secret").form())
    window.context.add_init_script(f"({SUBSCRIBES})({script})")
    page = window.go(PAGE)
    window.follow(page.get_by_role("button", name="Add this browser"))
    expect(page.get_by_role("status")).to_contain_text("shows messages from now on")
    row = PushSubscription.objects.get()
    assert row.endpoint == "https://push.example.org/secret"
    expect(page.locator(f'[data-browser="{row.digest}"]')).to_be_visible()
    window.follow(page.get_by_role("button", name="Remove"))
    expect(page.get_by_role("status")).to_contain_text("shows no more messages")
    assert not PushSubscription.objects.exists()


def test_what_is_pushed_is_shown_and_leads_to_its_page(visit: Visiting) -> None:
    window = visit(workers="allow")
    page = window.come_home()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    worker = window.context.service_workers[0]
    # A browser without a screen lets no page show anything, and opens none without a person.
    worker.evaluate(RECORDS)
    message = {"title": "Due tonight", "body": "30 min", "path": "goals/1/", "tag": "a"}
    push(window, json.dumps(message))
    push(window, "no message of ours")
    expect_shown(
        worker, [["Due tonight", "30 min", "goals/1/", "a"], ["Life Tracker", "", "", None]]
    )
    for path, leads_to in {
        "goals/1/": "/goals/1/",
        "": "/",
        "https://evil.example/": "/",
        "//evil.example": "/",
    }.items():
        worker.evaluate("(path) => lead(path)", path)
        assert worker.evaluate("() => self.opened.at(-1)") == window.address + leads_to


def push(window: Visit, data: str) -> None:
    """As the service of the browser's maker does, which has decrypted it."""
    session = window.context.new_cdp_session(window.page)
    found: list[str] = []

    def known(event: Any) -> None:
        found.extend(one["registrationId"] for one in event["registrations"])

    session.on("ServiceWorker.workerRegistrationUpdated", known)
    session.send("ServiceWorker.enable")
    window.page.wait_for_timeout(300)
    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": window.address, "registrationId": found[-1], "data": data},
    )


def expect_shown(worker: Worker, wanted: list[list[str | None]]) -> None:
    for _ in range(50):
        if (shown := worker.evaluate("() => self.shown")) == wanted:
            break
        time.sleep(0.1)
    assert shown == wanted
