"""What a source declares in its `source.py`, and that settings, policy, schedule and documents follow it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from lifetracker.environment import Environment
from lifetracker.sync.checks import check_declaration, check_declared_sources
from lifetracker.sync.declaration import (
    ConsentPage,
    Here,
    Schedule,
    ServiceAddress,
    Setting,
    SourceDeclaration,
    declared_sources,
    read_settings,
    source_module,
)
from lifetracker.sync.streams import sources
from oauth_integration.checks import check_consent, check_consents, covers
from tests.processes import command, environment
from weight.streams import source as withings
from whoop.services.whoop_client import WhoopAPIClient
from whoop.streams import source as whoop

ROOT = Path(settings.BASE_DIR)
HERE = Here("http://localhost:5001", "http://127.0.0.1:5010", is_demo=False)
DECLARED = [pytest.param(one, id=one.name) for one in settings.SOURCES]


def lines_of(setting: Setting) -> str:
    """As a setting stands in `.env.example`: an address of the service, which nobody has to set, as a note."""
    default = setting.default_at(HERE)
    if isinstance(setting, ServiceAddress):
        return f"# {setting.meaning}\n#{setting.name}="
    value = "" if setting.secret or not isinstance(default, str | int) else default
    return f"# {setting.meaning}\n{setting.name}={value}"


@pytest.mark.parametrize("source", DECLARED)
def test_the_example_has_its_settings(source: SourceDeclaration) -> None:
    example = (ROOT / ".env.example").read_text()
    written = dict(re.findall(r"^#?([A-Z0-9_]+)=(.*)$", example, re.M))
    missing = [one for one in source.all_settings() if one.name not in written]
    assert not missing, "Add to .env.example:\n\n" + "\n".join(map(lines_of, missing))
    shown = [one.name for one in source.settings if one.secret and written[one.name]]
    assert not shown, "a secret has no value there"
    numbers = [one for one in source.all_settings() if isinstance(one.default, int)]
    assert {one.name: written[one.name] for one in numbers} == {
        one.name: str(one.default) for one in numbers
    }


@pytest.mark.parametrize("source", DECLARED)
def test_the_documents_have_it(source: SourceDeclaration) -> None:
    page = ROOT / source.docs
    assert page.is_file(), f"Write {source.docs}: how to connect {source.title}, and its settings."
    missing = [one for one in source.all_settings() if f"`{one.name}`" not in page.read_text()]
    elsewhere = (ROOT / "docs/webhooks.md").read_text()
    rows = "\n".join(f"| `{one.name}` | {one.default} | {one.meaning} |" for one in missing)
    assert all(f"`{one.name}`" in elsewhere for one in missing), (
        f"Add to the settings of {source.docs}:\n{rows}"
    )
    required = ", ".join(f"`{name}`" for name in source.required)
    link = f"[{source.title}]({source.docs})"
    readme = (ROOT / "README.md").read_text()
    assert re.search(rf"^\| {re.escape(link)} \|.*\| {re.escape(required)} \|$", readme, re.M), (
        f"Add to the services of README.md:\n| {link} | what it takes | {required} |"
    )
    line = f"| [{source.title}]({source.slug}.md) |"
    assert line in (ROOT / "docs/README.md").read_text(), (
        f"Add to docs/README.md:\n{line} what it brings |"
    )


def test_settings_and_schedule_follow() -> None:
    assert {one.name for one in settings.SOURCES} == set(sources) == set(settings.SYNC_HOURS)
    for source in sources.values():
        assert source.declaration in settings.SOURCES
    assert list(check_declared_sources()) == list(check_consents()) == []


def test_a_value_comes_from_the_environment() -> None:
    env = Environment()
    env.ENVIRON = {"WHOOP_SYNC_HOURS": "6", "WITHINGS_API_URL": "https://there.example/"}
    values = read_settings(env, settings.SOURCES, HERE)
    assert values["WHOOP_SYNC_HOURS"] == 6
    assert values["WITHINGS_API_URL"] == "https://there.example"
    assert values["TOGGL_API_URL"] == "https://api.track.toggl.com"
    assert values["WHOOP_REDIRECT_URI"] == "http://localhost:5001/oauth/whoop/callback"
    assert values["TOGGL_REQUESTS_PER_MINUTE"] == 60


def test_in_the_demo_no_service_is_reached() -> None:
    env = Environment()
    env.ENVIRON = {}
    values = read_settings(env, settings.SOURCES, HERE._replace(is_demo=True))
    addresses = [
        one.name
        for source in settings.SOURCES
        for one in source.settings
        if isinstance(one, ServiceAddress)
    ]
    assert len(addresses) > 5
    assert all(values[name].startswith(HERE.sandbox_url) for name in addresses)
    assert not [
        one.name
        for source in settings.SOURCES
        for one in source.settings
        if isinstance(one.default, str) and "://" in one.default and one.name not in addresses
    ]


def test_the_demo_forgets_what_the_environment_says_of_services() -> None:
    script = (
        "import os, sys; sys.argv[1:] = ['demo'];"
        "from django.conf import settings as s; print([s.TOGGL_API_TOKEN, s.SYNC_HOURS['Whoop']]);"
        "print(sorted({'TOGGL_API_TOKEN', 'WHOOP_SYNC_HOURS'} & set(os.environ)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment(TOGGL_API_TOKEN="own", WHOOP_SYNC_HOURS="1")
        | {"DJANGO_SETTINGS_MODULE": "lifetracker.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["['', 24]", "[]"]


# --- Finding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("app", "module"),
    [
        ("whoop", "whoop.source"),
        ("whoop.apps.WhoopConfig", "whoop.source"),
        ("workouts", None),
        ("lifetracker.apps.AdminConfig", None),
        ("django.contrib.auth", None),
        ("no_such_app", None),
    ],
)
def test_where_a_source_is_declared(app: str, module: str | None) -> None:
    assert source_module(app) == module


def test_an_app_below_another_is_found_without_loading_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "outer_like" / "inner"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").touch()
    (folder / "models.py").write_text("raise AssertionError('no app is loaded yet')")
    (folder / "source.py").write_text(
        "from lifetracker.sync.declaration import SourceDeclaration\n"
        "SOURCE = SourceDeclaration(name='Inner')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    found = declared_sources(["outer_like.inner", "outer_like.inner.apps.Config", "workouts"])
    assert [one.name for one in found] == ["Inner"]
    for name in [name for name in sys.modules if name.startswith("outer_like")]:
        del sys.modules[name]


# --- What `check` refuses -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": ""}, "lifetracker.E031"),
        ({"schedule": None}, "lifetracker.E032"),
        ({"schedule": Schedule(setting="WHOOP_HOURS")}, "lifetracker.E030"),
        ({"settings": (Setting(name="WHOOP_NEW", meaning=""),)}, "lifetracker.E030"),
        ({"steps": ()}, "lifetracker.E037"),
        ({"brings": ""}, "lifetracker.E037"),
        ({"name": "Whoop 5"}, "lifetracker.E035"),
        ({"name": "A" * 21}, "lifetracker.E035"),
    ],
    ids=str,
)
def test_what_is_not_declared_is_refused(changes: dict[str, Any], expected: str) -> None:
    broken = replace(whoop, declaration=replace(whoop.declaration, **changes))
    found = list(check_declaration(broken))
    assert [one.id for one in found] == [expected]
    assert all(one.hint for one in found)


def test_a_declared_source_needs_its_streams(settings: Any) -> None:
    settings.SOURCES = [*settings.SOURCES, SourceDeclaration(name="Nobody")]
    (refused,) = check_declared_sources()
    assert (refused.id, refused.obj) == ("lifetracker.E034", "Nobody")
    assert refused.hint


def test_a_consent_page_that_no_form_may_lead_to(settings: Any) -> None:
    assert list(check_consent(whoop, WhoopAPIClient)) == []
    settings.WHOOP_API_URL = "https://elsewhere.example"
    (refused,) = check_consent(whoop, WhoopAPIClient)
    assert refused.id == "lifetracker.E033"
    assert "https://elsewhere.example" in refused.msg
    assert refused.hint
    settings.WHOOP_API_URL = ""
    assert list(check_consent(whoop, WhoopAPIClient)) == [], "that it is missing is told elsewhere"


def test_a_client_of_another_provider() -> None:
    (refused,) = check_consent(withings, WhoopAPIClient)
    assert refused.id == "lifetracker.E036"


@pytest.mark.parametrize(
    ("allowed", "origin", "expected"),
    [
        ("https://a.example", "https://a.example", True),
        ("https://*.a.example", "https://b.a.example", True),
        ("https://*.a.example", "https://a.example", False),
        ("https://*.a.example", "https://ba.example", False),
        ("https://*.a.example", "http://b.a.example", False),
        ("'self'", "https://a.example", False),
    ],
)
def test_what_a_policy_covers(allowed: str, origin: str, expected: bool) -> None:
    assert covers(allowed, origin) is expected


def test_the_policy_follows_the_address_of_the_page() -> None:
    code, _, err = command("check", WHOOP_API_URL="https://elsewhere.example")
    assert code == 0, err


def test_a_page_and_its_setting() -> None:
    pages = [one.consent for one in settings.SOURCES if one.provider]
    assert all(isinstance(page, ConsentPage) and hasattr(settings, page.setting) for page in pages)
