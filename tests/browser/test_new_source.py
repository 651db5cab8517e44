"""Connecting a source that was just added, in a real browser: a consent page that our policy does not name is
refused by browsers alone, and without a word on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import APIRequestContext, Browser, Error, expect

from tests import processes
from tests.browser.conftest import PASSWORD
from tests.scratch.project import Project
from tests.scratch.services import Somna

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

ACCOUNT = (
    "from django.contrib.auth.models import User;"
    f"print(User.objects.create_superuser('robin', password={PASSWORD!r}).pk)"
)


def test_consent_for_a_new_source(chromium: Browser, tmp_path: Path) -> None:
    (port,) = processes.free_ports(1)
    with Somna() as service:
        project = Project(
            tmp_path,
            "somna",
            PORT=str(port),
            SOMNA_API_URL=service.url,
            SOMNA_CLIENT_ID="an-id",
            SOMNA_CLIENT_SECRET="a-secret",
        )
        project.run("migrate", "--verbosity", "0")
        project.python(ACCOUNT)
        server = project.start("-m", "gunicorn", "lifetracker.wsgi", "--bind", f"127.0.0.1:{port}")
        try:
            connect(chromium, f"http://localhost:{port}", service)
        finally:
            processes.kill(server)


def connect(chromium: Browser, address: str, service: Somna) -> None:
    context = chromium.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    processes.wait_until(lambda: answers(page.request, f"{address}/api/health"))
    page.goto(f"{address}/login/")
    page.get_by_label("Username").fill("robin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{address}/")
    page.get_by_role("link", name="Connections").first.click()
    page.wait_for_url(f"{address}/connections/")
    row = page.get_by_role("region", name="SOMNA", exact=True)
    row.get_by_role("button", name="Connect SOMNA").click()
    page.wait_for_url(f"{service.url}/oauth/authorize?**")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{address}/connections/#somna")
    expect(page.locator(".messages")).to_contain_text("SOMNA is connected")
    expect(row).to_contain_text("The whole history waits for its turn")
    assert not [text for text in complaints if "Content Security Policy" in text]
    context.close()


def answers(request: APIRequestContext, address: str) -> bool:
    try:
        return request.get(address).ok
    except Error:
        return False
