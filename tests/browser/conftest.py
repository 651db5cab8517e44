from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, NAMES, find_chromium
from tests.browser.scenes import NOW

PASSWORD = "correct horse battery"


def chromium_path() -> str:
    path = find_chromium()
    if not path:
        pytest.fail(
            f"The browser tests need a Chromium: install one, or set CHROMIUM to its path. Looked for {', '.join(NAMES)}.",
            pytrace=False,
        )
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    with pytest.MonkeyPatch.context() as patch:
        # Playwright runs an event loop in this thread, from which Django would refuse to reach the
        # database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            yield browser
            browser.close()


@pytest.fixture
def person(transactional_db: None, quick_passwords: None) -> User:
    return User.objects.create_superuser("robin", password=PASSWORD)


class Visit:
    """A browser at our pages, and everything that went wrong in it."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        context.on("request", self._requested)

    def _heard(self, message: Any) -> None:
        # That a page is missing is the server's answer, and not a fault of the page.
        asked_for = message.location["url"] == self.page.url
        forbidden = "Content Security Policy" in message.text
        blocked = message.text == "Service Worker registration blocked by Playwright"
        if message.type in {"error", "warning"} and not blocked and (forbidden or not asked_for):
            self.complaints.append(f"{message.text} ({message.location})")

    def _requested(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def shape(self, width: int, height: int, dark: bool = False) -> None:
        """Let the window have another size and ground: a new one for each costs as much as what is looked at in it."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme="dark" if dark else "light")

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def follow(self, control: Locator) -> None:
        """Press what leads to another page, and wait until that is there: a click alone does not."""
        with self.page.expect_navigation():
            control.click()

    def entry(self, name: str) -> Locator:
        """Return the link to a page at the foot of the rail."""
        return self.foot().get_by_role("link", name=name)

    def log_out(self) -> None:
        self.follow(self.foot().get_by_role("button", name="Log out", exact=True))

    def foot(self) -> Locator:
        """Return the foot of the rail, or on a phone the tabs with the sheet "More" open."""
        rail = self.page.get_by_role("navigation", name="Account")
        if rail.is_visible():
            return rail
        tabs = self.page.get_by_role("navigation", name="Tabs")
        tabs.get_by_text("More").click()
        return tabs

    def log_in(self) -> Page:
        page = self.go("/login/")
        page.get_by_label("Username").fill("robin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(self.address + "/")
        return page

    def come_home(self) -> Page:
        """Open the home page after an earlier login."""
        self.take_session()
        return self.go("/")

    def take_session(self) -> None:
        """Give the browser the session of an earlier login, which spares the form."""
        client = Client()
        client.force_login(User.objects.get(username="robin"))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.address}
        self.context.add_cookies([cookie])


@pytest.fixture
def visit(
    chromium: Browser, live_server: Any, person: User, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Visit]]:
    """Opens a browser window: `visit(width, height, dark=True, scripts=False, touch=True)`. Afterwards, nothing may have gone
    wrong in any."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    visits: list[Visit] = []
    contexts: list[BrowserContext] = []

    def start(
        width: int = 1280,
        height: int = 800,
        *,
        dark: bool = False,
        workers: Literal["allow", "block"] = "block",
        scripts: bool = True,
        touch: bool = False,
    ) -> Visit:
        contexts.append(
            chromium.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                service_workers=workers,
                java_script_enabled=scripts,
                has_touch=touch,
            )
        )
        visits.append(Visit(contexts[-1], live_server.url))
        return visits[-1]

    yield start
    for context in contexts:
        context.close()
    assert [complaint for one in visits for complaint in one.complaints] == []
    assert [url for one in visits for url in one.elsewhere] == []
