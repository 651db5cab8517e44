"""The whole program in one command, on made-up data: sandbox, consent, sync, web page."""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lifetracker.http import SyncError
from lifetracker.models import SyncState
from lifetracker.sandbox.life import life_of
from lifetracker.sandbox.zero import write_export
from lifetracker.streams import sources
from oauth_integration.client import OAuthClient, providers
from oauth_integration.consent import code_of
from oauth_integration.models import environment

STARTUP_TIME = 30
DAYS_OF_HISTORY = 1095
# Whose life it is.
SEED = 1
# WHOOP's limit over a shortened window, so that the waiting is seen and does not last.
RATE_LIMIT = ["--rate-limit", "100", "--rate-window", "2"]
USER = "demo"


class Command(BaseCommand):
    help = "Show everything on made-up data, in a database of its own, until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo runs as `make demo` or `python manage.py demo`.")
        # A script that starts it in the background has had Ctrl-C ignored for its children.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            with ExitStack() as running:
                self.show(running)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped. `make demo` goes on from here.")

    def show(self, running: ExitStack) -> None:
        for port, name in ((settings.PORT, "PORT"), (settings.SANDBOX_PORT, "SANDBOX_PORT")):
            require_free(port, name)
        self.say("Preparing the database demo.sqlite3")
        call_command("migrate", verbosity=0)
        # A little that can be fetched anew: nothing of the demo stays in the person's caches.
        use("GITHUB_CACHE_DIR", Path(running.enter_context(TemporaryDirectory())))
        self.say("Starting the sandbox, a stand-in for the services")
        redirect_uris = [
            part
            for name in providers()
            for part in ("--redirect-uri", environment(name, "REDIRECT_URI"))
        ]
        running.enter_context(
            process(
                *manage("sandbox", "--port", str(settings.SANDBOX_PORT)),
                *("--days", str(DAYS_OF_HISTORY), "--seed", str(SEED), *RATE_LIMIT, *redirect_uris),
            )
        )
        self.fill(wait_for(f"{settings.SANDBOX_URL}/sandbox/state").json())
        password = set_password()
        self.say("Starting the web page and a worker")
        running.enter_context(web())
        running.enter_context(process(*manage("qcluster")))
        wait_for(f"http://127.0.0.1:{settings.PORT}/api/health")
        self.stdout.write(
            f"\n  http://localhost:{settings.PORT}\n  login {USER}, password {password}\n\n"
            f"All data is made up; it comes from {settings.SANDBOX_URL}. Ctrl-C stops."
        )
        self.stdout.flush()
        while True:
            signal.pause()

    def fill(self, state: dict[str, Any]) -> None:
        """Bring in what every source has, as a person would."""
        use("TOGGL_API_TOKEN", state["toggl"]["api_token"])
        use("GITHUB_ACCESS_TOKEN", state["github"]["token"])
        # These stand-ins do not limit; WHOOP's does, within seconds.
        use("TOGGL_REQUESTS_PER_MINUTE", 0)
        use("WITHINGS_REQUESTS_PER_MINUTE", 0)
        for source in sources.values():
            if client_class := providers().get(source.slug):
                self.say(f"Giving consent at {client_class.service}'s stand-in")
                connect(client_class, state[source.slug])
            else:
                self.say(f"Reading {source.name}'s stand-in")
            self.sync(source.slug)
        self.say("Importing an export of the Zero app")
        with TemporaryDirectory() as folder:
            export = write_export(Path(folder), life_of(SEED), DAYS_OF_HISTORY, timezone.now())
            call_command("import_zero", export.archive, stdout=self.stdout, stderr=self.stderr)

    def say(self, text: str) -> None:
        self.stdout.write(f"{text} ...")
        self.stdout.flush()

    def sync(self, name: str) -> None:
        """Everything at the first start, what is new at the next ones."""
        states = SyncState.objects.filter(source__iexact=name)
        whole = states.exists() and all(state.whole_history for state in states)
        call_command(f"sync_{name}", full=not whole, stdout=self.stdout, stderr=self.stderr)


def use(name: str, value: Any) -> None:
    """A setting, for this process and for those that it starts."""
    os.environ[name] = str(value)
    setattr(settings, name, value)


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def require_free(port: int, variable: str) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(
                f"Port {port} is in use, perhaps by another demo. Stop that, or choose another: make demo {variable}={port + 100}"
            ) from None


@contextmanager
def process(*command: str) -> Iterator[None]:
    """A child that ends with the `with` block, or with this process however that ends."""
    child = subprocess.Popen(  # noqa: S603 - our own commands
        command,
        env=os.environ | {"DEMO": "true", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.DEVNULL,
        # Ctrl-C reaches the whole terminal group; the order of stopping is ours.
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - the demo has no threads
    )
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            # A worker has processes of its own.
            os.killpg(child.pid, signal.SIGKILL)


def die_with_parent() -> None:
    """On Linux, even `kill -9` of the demo leaves nothing behind that holds its ports."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def web() -> Any:
    address = f"127.0.0.1:{settings.PORT}"
    return process(
        *(sys.executable, "-m", "gunicorn", "lifetracker.wsgi", "--bind", address),
        *("--config", str(settings.BASE_DIR / "gunicorn.conf.py")),
        *("--chdir", str(settings.BASE_DIR)),
    )


def wait_for(url: str) -> requests.Response:
    """The first good answer. Raises CommandError if none comes in time."""
    end = time.monotonic() + STARTUP_TIME
    while time.monotonic() < end:
        try:
            response = requests.get(url, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
            continue
        if response.ok:
            return response
        time.sleep(0.1)
    raise CommandError(f"{url} does not answer; the reason stands above.")


def connect(client_class: type[OAuthClient], stand_in: dict[str, Any]) -> None:
    """Do what a person would: open the consent page, press Allow, come back with the code."""
    with closing(client_class()) as client:
        credential = client.credential
        credential.client_id = stand_in["client_id"]
        credential.client_secret = stand_in["client_secret"]
        credential.redirect_uri = environment(client.provider, "REDIRECT_URI")
        # A sandbox that was started anew knows nothing of the tokens that an earlier one gave.
        credential.forget_tokens()
        state = client.new_state()
        address = client.get_authorization_url(state)
        requests.get(address, timeout=10).raise_for_status()
        page, _, query = address.partition("?")
        pressed = dict(parse_qsl(query)) | {"decision": "allow"}
        answer = requests.post(page, data=pressed, allow_redirects=False, timeout=10)
        came_back = dict(parse_qsl(urlsplit(answer.headers.get("Location", "")).query))
        try:
            client.exchange_code_for_token(code_of(came_back, state))
        except SyncError as error:
            raise CommandError(str(error)) from None


def set_password() -> str:
    """A new one for each start of the demo; nothing else can log in."""
    password = secrets.token_urlsafe(9)
    user, _ = get_user_model().objects.get_or_create(
        username=USER, defaults={"is_staff": True, "is_superuser": True}
    )
    user.set_password(password)
    user.save()
    return password
