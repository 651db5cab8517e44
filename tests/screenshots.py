"""`make screenshots`: a picture of every page of the demo, in both themes and both widths, and of the states that the
scenes of the browser tests have. They are in `screenshots/`, under names that stay the same."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import django
from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.processes import free_ports

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "screenshots"
DATABASE = f"sqlite:///{FOLDER / 'demo.sqlite3'}"
READY = "Ctrl-C to stop"
SIZES = ((1280, 800), (390, 844))
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Addresses that show an error, beside the pages that are found.
ERRORS = ("/nowhere", "/sync/whoop", "/offline")
# What is drawn, and the packages of Debian that bring it. The first that can be installed is taken.
NEEDED = {
    "Chromium": ("chromium-headless-shell", "chromium"),
    "the typeface Inter": ("fonts-inter",),
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    require("Chromium", bool(find_chromium()))
    require("the typeface Inter", has_inter())
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with demo() as (address, password):
        draw_demo(address, password)
    draw_states()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures are in {FOLDER}.")


# --- What is needed -------------------------------------------------------------------------------


def has_inter() -> bool:
    lister = shutil.which("fc-list")
    if not lister:
        return False
    return bool(subprocess.run([lister, ":family=Inter"], capture_output=True, check=True).stdout)


def require(what: str, is_there: bool) -> None:
    """Install what is missing where that is possible, else say what is missing. Only a browser is necessary."""
    packages = NEEDED[what]
    if is_there or any(installed(package) for package in packages):
        return
    said = f"{what} is missing. On Debian and Ubuntu: apt-get install {packages[-1]}"
    if what == "Chromium":
        sys.exit(said)
    print(f"{said}. The pictures show another typeface, which is wider.")


def installed(package: str) -> bool:
    installer = shutil.which("apt-get")
    if os.geteuid() or not installer:
        return False
    command = [installer, "install", "-y", "-qq", "--no-install-recommends", package]
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0


# --- The demo -------------------------------------------------------------------------------------


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Start the demo on a database of its own, and return its address and its password."""
    port, sandbox = free_ports(2)
    variables = {"PORT": str(port), "SANDBOX_PORT": str(sandbox), "DEMO_DATABASE_URL": DATABASE}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield f"http://localhost:{port}", password_of(process)
    finally:
        process.terminate()
        process.wait()


def password_of(process: subprocess.Popen[str]) -> str:
    password = ""
    for line in process.stdout or ():
        print(line, end="", flush=True)
        if found := re.match(r"Password: (\S+)", line):
            password = found[1]
        if READY in line:
            return password
    sys.exit("The demo did not start.")


def paths() -> list[str]:
    """Return the addresses of the pages that the demo has."""
    os.environ |= {"DEMO": "true", "DEMO_DATABASE_URL": DATABASE, "DATABASE_URL": DATABASE}
    os.environ["DJANGO_SETTINGS_MODULE"] = "lifetracker.settings"
    django.setup()
    from django.contrib.auth.models import User  # noqa: PLC0415 - only after the setup
    from django.test import Client  # noqa: PLC0415

    from tests.addresses import own_pages, with_ranges  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost", headers={"accept": "text/html"})
    client.force_login(
        User.objects.get(username="demo"), backend="django.contrib.auth.backends.ModelBackend"
    )
    return [*with_ranges(own_pages(client), client), *ERRORS]


def draw_demo(address: str, password: str) -> None:
    found = paths()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        for width, height in SIZES:
            for theme in THEMES:
                page = browser.new_page(
                    base_url=address,
                    viewport={"width": width, "height": height},
                    color_scheme=theme,
                    service_workers="block",
                )
                draw(page, found, password, f"{width}-{theme}")
                page.close()
        browser.close()


def draw(page: Page, found: list[str], password: str, ending: str) -> None:
    page.goto("/login/")
    page.screenshot(path=FOLDER / f"login-{ending}.png", full_page=True)
    page.get_by_label("Username").fill("demo")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("/")
    for path in found:
        page.goto(path, wait_until="networkidle")
        page.screenshot(path=FOLDER / f"{name_of(path)}-{ending}.png", full_page=True)


def name_of(path: str) -> str:
    """Return `whoop-range-all` for `/whoop/?range=all`, and `today` for the front page."""
    return re.sub(r"\W+", "-", path).strip("-") or "today"


# --- The states -----------------------------------------------------------------------------------


def draw_states() -> None:
    """Let the browser tests leave pictures of the states that they look at, those of them that do."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-m",
        "browser",
        "-n",
        "auto",
        *with_pictures(),
    ]
    variables = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
    variables |= {"SCREENSHOTS": str(FOLDER)}
    variables.pop("DEMO", None)
    subprocess.run(command, cwd=ROOT, env=variables, check=True)


def with_pictures() -> list[Path]:
    """Return the tests that leave pictures where `SCREENSHOTS` is set."""
    files = sorted((ROOT / "tests/browser").glob("test_*.py"))
    return [file for file in files if re.search(r"picture\(|SCREENSHOTS", file.read_text())]


if __name__ == "__main__":
    main()
