"""The whole program in one command, on made-up data: sandbox, consent, sync, web page."""

from __future__ import annotations

import os
import secrets
import subprocess
from contextlib import AbstractContextManager, ExitStack, closing
from datetime import timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict
from urllib.parse import parse_qsl, urlsplit

import requests
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from apple_health.models import AppleDay, AppleNight
from apple_health.names import APPLE_HEALTH
from csv_import.models import KeptMapping
from experiments.examples import add_example_experiments
from fasting.models import ZERO, FastingPeriod
from github_projects.models import GITHUB
from github_projects.services.git import git_version
from goals.examples import add_example_goals
from journal.examples import add_example_journal
from lifetracker import days
from lifetracker.errors import NotConfigured, SyncError
from lifetracker.management.command import QuickCommand
from lifetracker.management.report import changes_of, line
from lifetracker.metrics.proposals import propose_day_marks
from lifetracker.models import DayMark, SyncRun, SyncState
from lifetracker.ops import processes
from lifetracker.sandbox.apple import export as apple
from lifetracker.sandbox.blood import TESTS, write_results
from lifetracker.sandbox.eating import diary
from lifetracker.sandbox.habits import journal
from lifetracker.sandbox.life import HOME, life_of
from lifetracker.sandbox.zero import write_export
from lifetracker.sync.streams import Source, sources
from lifetracker.words import counted
from nutrition.examples import add_example_diary
from oauth_integration.client import OAuthClient, providers
from oauth_integration.consent import code_of
from oauth_integration.models import environment
from projects.examples import add_example_projects
from review.examples import add_example_intentions

# A stand-in computes three years of a life before it answers first.
ANSWER_TIME = 120
DAYS_OF_HISTORY = 1095
# A year of Apple Health is 30 MB of XML, which takes seconds: half of one shows as much.
DAYS_OF_HEALTH = 180
# How many of the newest days are left to whoever looks at the demo to say whether they were days of illness or travel.
DAYS_LEFT_TO_ANSWER = 60
# Whose life it is.
SEED = 1
# WHOOP's limit over a shortened window, so that the waiting is seen and does not last.
RATE_LIMIT = ["--rate-limit", "100", "--rate-window", "2"]
USER = "demo"


class ServiceState(TypedDict, total=False):
    """What the state of the sandbox says of a stand-in, as far as it is used here."""

    client_id: str
    client_secret: str
    token: str


class Command(QuickCommand):
    help = "Run Life Tracker with made-up data in its own database until you press Ctrl-C."

    def handle(self, *args: object, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("Start the demo with `make demo` or `python manage.py demo`.")
        processes.end_at_signals()
        try:
            with ExitStack() as running:
                self.show(running)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped. `make demo` continues from here.")

    def show(self, running: ExitStack) -> None:
        for port, name in ((settings.PORT, "PORT"), (settings.SANDBOX_PORT, "SANDBOX_PORT")):
            processes.require_free_port(port, name, "make demo")
        self.say("Preparing the database demo.sqlite3")
        processes.prepare_database()
        remember_home()
        # A little that can be fetched anew: nothing of the demo stays in the person's caches.
        use("GITHUB_CACHE_DIR", Path(running.enter_context(TemporaryDirectory())))
        use("IMPORTS_DIR", Path(running.enter_context(TemporaryDirectory())))
        os.environ["DEMO"] = "true"
        self.fill(self.sandbox(running))
        password = set_password()
        self.say("Starting the web server and a worker")
        web = running.enter_context(quiet("The web server", *processes.web_server()))
        worker = running.enter_context(quiet("The worker", *processes.manage("qcluster")))
        processes.wait_for(f"http://127.0.0.1:{settings.PORT}/api/health", web, self.say)
        self.stdout.write(
            f"\nOpen http://localhost:{settings.PORT}\nUser name: {USER}\nPassword: {password}\n\n"
            f"All data is made up and comes from {settings.SANDBOX_URL}. Press Ctrl-C to stop.\n"
            "To use a command with the demo's data, put DEMO=true before it: DEMO=true .venv/bin/python manage.py api_token create NAME"
        )
        self.stdout.flush()
        processes.watch(web, worker)

    def sandbox(self, running: ExitStack) -> dict[str, ServiceState]:
        """Start it, and return what it says of itself."""
        self.say("Starting stand-ins for the services")
        redirect_uris = [
            part
            for name in providers()
            for part in ("--redirect-uri", environment(name, "REDIRECT_URI"))
        ]
        sandbox = running.enter_context(
            quiet(
                "The sandbox",
                *processes.manage("sandbox", "--port", str(settings.SANDBOX_PORT)),
                *("--days", str(DAYS_OF_HISTORY), "--seed", str(SEED), *RATE_LIMIT, *redirect_uris),
            )
        )
        answer = processes.wait_for(f"{settings.SANDBOX_URL}/sandbox/state", sandbox, self.say)
        if not answer.ok:
            raise CommandError(f"The sandbox answered with status {answer.status_code}.")
        return dict(answer.json())

    def fill(self, state: dict[str, ServiceState]) -> None:
        """Sync what every source has, as a person would."""
        for source in sources.values():
            if reason := why_left_out(source, state):
                self.stdout.write(f"{source.title}: left out. {reason}")
                continue
            stand_in = state[source.slug]
            if client_class := providers().get(source.slug):
                self.say(f"Connecting and syncing {source.title}")
                connect(client_class, stand_in)
            else:
                self.say(f"Syncing {source.title}")
                for name in source.declaration.required:
                    use(name, stand_in["token"])
            self.sync(source.slug)
        self.say("Importing fasts from the Zero app")
        with TemporaryDirectory() as folder:
            export = write_export(Path(folder), life_of(SEED), DAYS_OF_HISTORY, timezone.now())
            call_command("import_zero", export.archive, stdout=StringIO(), stderr=self.stderr)
        self.stdout.write(
            line(ZERO, [FastingPeriod], changes_of(SyncRun.objects.filter(source=ZERO)[0]))
        )
        self.import_apple_health()
        self.say("Writing down meals")
        meals = add_example_diary(diary(life_of(SEED), DAYS_OF_HISTORY, timezone.now()))
        self.stdout.write(f"Nutrition: {counted(meals, 'meal')} added")
        self.say("Writing the journal")
        answers = add_example_journal(journal(life_of(SEED), DAYS_OF_HISTORY, timezone.now()))
        self.stdout.write(f"Journal: {counted(answers, 'answer')} added")
        self.import_blood_tests()
        add_example_goals(days.today())
        add_example_projects()
        add_example_experiments(days.today())
        add_example_intentions(days.today())
        self.answer_proposals()
        self.say("Looking for insights")
        call_command("find_insights", if_due=True, stdout=self.stdout, stderr=self.stderr)

    def import_apple_health(self) -> None:
        """Import what the phone would export now: at a later start, only what is new since then changes anything."""
        self.say("Importing an export of Apple Health")
        with TemporaryDirectory() as folder:
            # As of a watch that is worn beside the strap: its nights are there too, and give way to those of WHOOP.
            path = apple.write_export(
                *(Path(folder), life_of(SEED), DAYS_OF_HEALTH, timezone.now()),
                own=False,
                heart_rates=0,
            )
            call_command("import_apple_health", path, stdout=StringIO(), stderr=self.stderr)
        run = SyncRun.objects.filter(source=APPLE_HEALTH)[0]
        self.stdout.write(line(APPLE_HEALTH, [AppleDay, AppleNight], changes_of(run)))

    def answer_proposals(self) -> None:
        """Say of the days that look like an illness or a trip whether they were, as she would remember it."""
        self.say("Saying which days were an illness or a trip")
        life, last = life_of(SEED), days.today() - timedelta(days=DAYS_LEFT_TO_ANSWER)
        first = last - timedelta(days=DAYS_OF_HISTORY)
        was = {
            DayMark.Kind.SICK: lambda day: day.ill > 0,
            DayMark.Kind.TRAVEL: lambda day: day.away or day.flying,
        }
        marks = DayMark.objects.between(first, last).filter(kind__in=was)
        propose_day_marks(first, last)
        while waiting := list(marks.proposed()):
            true = [one.pk for one in waiting if was[DayMark.Kind(one.kind)](life.day(one.date))]
            marks.proposed().filter(pk__in=true).answer(DayMark.State.CONFIRMED)
            marks.proposed().answer(DayMark.State.REFUSED)
            # Without the days that are confirmed by now others are unusual.
            propose_day_marks(first, last)
        confirmed, refused = marks.confirmed().count(), marks.refused().count()
        self.stdout.write(f"Marked days: {confirmed} confirmed, {refused} refused")

    def import_blood_tests(self) -> None:
        """Import a table that no service brings, once: what its reader does with it then stays so."""
        if KeptMapping.objects.exists():
            return
        self.say("Importing blood tests from a CSV")
        with TemporaryDirectory() as folder:
            path = write_results(Path(folder), life_of(SEED), DAYS_OF_HISTORY, timezone.now())
            maps = [part for name in TESTS for part in ("--map", f"{name}=metric")]
            of_rows = ("--name", "Test", "--value", "Result")
            call_command("import_csv", path, *of_rows, *maps, stdout=self.stdout)

    def say(self, text: str) -> None:
        self.stdout.write(f"{text} ...")
        self.stdout.flush()

    def sync(self, name: str) -> None:
        """Sync everything at the first start, what is new at the next ones."""
        states = SyncState.objects.filter(source__iexact=name)
        whole = states.exists() and all(state.whole_history for state in states)
        call_command(f"sync_{name}", full=not whole, stdout=self.stdout, stderr=self.stderr)


def quiet(name: str, *command: str) -> AbstractContextManager[processes.Child]:
    """Start a child whose output is shown only when something goes wrong."""
    return processes.child(name, *command, stdout=subprocess.DEVNULL)


def remember_home() -> None:
    """Store where the person of the made-up data lives, for the next start on this database (`manage.py`
    reads it): another zone would move all of their past."""
    database = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        Path(f"{database}.zone").write_text(HOME)


def use(name: str, value: str | Path) -> None:
    """Set a setting, for this process and for those that it starts."""
    os.environ[name] = str(value)
    setattr(settings, name, value)


def why_left_out(source: Source, state: dict[str, ServiceState]) -> str:
    """Return why the source cannot be shown here; empty where it can."""
    if source.slug not in state:
        return "The sandbox has no stand-in for it."
    if source.name != GITHUB:
        return ""
    try:
        git_version()
    except NotConfigured as error:
        return str(error)
    return ""


def ask(
    method: str, url: str, data: dict[str, str] | None = None, *, allow_redirects: bool = True
) -> requests.Response:
    """Send a request to a stand-in, which on a busy machine takes its time."""
    try:
        return requests.request(
            method, url, data=data, timeout=ANSWER_TIME, allow_redirects=allow_redirects
        )
    except requests.RequestException as error:
        place = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
        raise CommandError(
            f"The sandbox at {place} did not answer ({type(error).__name__}). Try `make demo` again."
        ) from None


def connect(client_class: type[OAuthClient], stand_in: ServiceState) -> None:
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
        ask("GET", address)
        page, _, query = address.partition("?")
        pressed = dict(parse_qsl(query)) | {"decision": "allow"}
        answer = ask("POST", page, data=pressed, allow_redirects=False)
        came_back = dict(parse_qsl(urlsplit(answer.headers.get("Location", "")).query))
        try:
            client.exchange_code_for_token(code_of(came_back, state))
        except SyncError as error:
            raise CommandError(str(error)) from None


def set_password() -> str:
    """Set a new password for each start of the demo; nothing else can log in."""
    password = secrets.token_urlsafe(9)
    user, _ = get_user_model().objects.get_or_create(
        username=USER, defaults={"is_staff": True, "is_superuser": True}
    )
    user.set_password(password)
    user.save()
    return password
