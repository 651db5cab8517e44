"""Export files of the life that the stand-ins serve, and both ways to it: the file and then a sync, a sync and then the file. Each
fact is stored once, with the values of the API."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.db.models import Model

from journal.models import Answer
from lifetracker.models import SyncRun
from lifetracker.models.kept import value_columns
from lifetracker.sandbox.life import life_of
from lifetracker.sandbox.toggl.export import FORMS, write_report
from lifetracker.sandbox.whoop.export import write_export
from lifetracker.sandbox.whoop.export_words import LANGUAGES
from lifetracker.sandbox.withings.export import UNITS, write_download
from tests.conftest import DAYS, NOW, run
from time_logs.models import TimeEntry
from weight.models import WeighIn
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep
from workouts.models import Workout

pytestmark = pytest.mark.django_db

Write = Callable[..., Path]


class Service(NamedTuple):
    """A service whose facts come by two ways. `forms`: of its file; `command`: what imports it."""

    source: str
    fixture: str
    command: str
    write: Write
    forms: tuple[str, ...]
    models: tuple[type[Model], ...]

    @property
    def export_source(self) -> str:
        return f"{self.source}Export"

    def facts(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return the values of all live records, whichever way they came."""
        return {
            model.__name__: sorted(
                model._default_manager.filter(deleted_at=None).values_list(*columns_of(model)),
                key=repr,
            )
            for model in self.models
        }

    def number(self, source: str) -> int:
        return sum(
            model._default_manager.filter(source=source, deleted_at=None).count()
            for model in self.models
        )


def columns_of(model: type[Model]) -> list[str]:
    """Return what tells records apart: the source too, so that one from a file is none of the API's."""
    return ["source", "source_id", *value_columns(model)]


SERVICES = (
    Service(
        *("Whoop", "whoop", "import_whoop", write_export, LANGUAGES),
        (WhoopCycle, WhoopRecovery, WhoopSleep, Workout),
    ),
    Service("Toggl", "toggl", "import_toggl", write_report, tuple(FORMS), (TimeEntry,)),
    Service("Withings", "withings", "import_withings", write_download, tuple(UNITS), (WeighIn,)),
)
WAYS = [(service, form) for service in SERVICES for form in service.forms]


@pytest.fixture(autouse=True)
def berlin(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def answers() -> set[tuple[Any, ...]]:
    return set(Answer.objects.live().values_list("behaviour", "date", "value", "note"))


@pytest.mark.long
@pytest.mark.parametrize(("service", "form"), WAYS, ids=lambda one: getattr(one, "source", one))
def test_the_file_and_the_api_are_one_life(
    service: Service, form: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    request.getfixturevalue(service.fixture)
    path = str(service.write(tmp_path, life_of(1), DAYS, NOW, form))
    # The file alone, and twice.
    call_command(service.command, path)
    number, said = service.number(service.export_source), answers()
    assert number > 30
    assert bool(said) == (service.source == "Whoop")
    call_command(service.command, path)
    assert last_counts(service)["unchanged"] == last_counts(service)["seen"]
    assert (service.number(service.export_source), answers()) == (number, said)
    # Then the API, whose records take their places.
    assert run(service.source, full=True).status == SyncRun.Status.SUCCESS
    assert service.number(service.export_source) == 0
    assert answers() == said
    after = service.facts()
    # Then the file again, beside what the API has.
    call_command(service.command, path)
    assert service.facts() == after
    assert answers() == said
    counts = last_counts(service)
    assert (counts["created"], counts["updated"], counts["rejected"]) == (0, 0, 0)


def last_counts(service: Service) -> dict[str, int]:
    last = SyncRun.objects.filter(source=service.export_source).latest("pk")
    found: dict[str, int] = last.counts["export"]
    return found


@pytest.mark.parametrize("service", SERVICES, ids=lambda one: one.source)
def test_the_values_are_those_of_a_sync_alone(
    service: Service, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    request.getfixturevalue(service.fixture)
    assert run(service.source, full=True).status == SyncRun.Status.SUCCESS
    alone = service.facts()
    path = str(service.write(tmp_path, life_of(1), DAYS, NOW, service.forms[0]))
    call_command(service.command, path)
    assert service.facts() == alone


# --- The files ------------------------------------------------------------------------------------


def read(path: Path, member: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        name = next(one for one in archive.namelist() if member in one)
        text = archive.read(name).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_both_reports_of_toggl_say_the_same(tmp_path: Path) -> None:
    classic, newer = (
        read(write_report(tmp_path, life_of(1), 60, NOW, form), "team_2026") for form in FORMS
    )
    assert len(classic) == len(newer) > 50
    for old, new in zip(classic, newer, strict=True):
        assert (old["End date"], old["End time"]) == (new["Stop date"], new["Stop time"])
        assert (old["User"], old["Tags"]) == (new["Member"], new["Tags"])
    assert {row["Billable"] for row in classic} == {"Yes", "No"}


def test_pounds_and_kilograms_are_the_same_weights(tmp_path: Path) -> None:
    kg, lb = (
        read(write_download(tmp_path, life_of(1), 60, NOW, unit), "weight.csv") for unit in UNITS
    )
    assert len(kg) == len(lb) > 20
    assert [row["Date"] for row in kg] == sorted((row["Date"] for row in kg), reverse=True)
    for one, other in zip(kg, lb, strict=True):
        pounds = float(other["Weight (lb)"]) * 0.45359237
        assert pounds == pytest.approx(float(one["Weight (kg)"]), abs=0.01)
    assert read(write_download(tmp_path, life_of(1), 400, NOW), "bp.csv")


def test_one_command_writes_every_kind_and_language(tmp_path: Path, at: Any) -> None:
    at(NOW)
    folder = tmp_path / "files"
    out = io.StringIO()
    call_command("sandbox_exports", str(folder), days=20, stdout=out)
    said = [Path(line) for line in out.getvalue().splitlines()]
    assert all(path.is_file() for path in said)
    names = " ".join(path.name for path in said)
    for word in (*(f"_{one}.zip" for one in LANGUAGES), "classic", "newer", "_kg", "_lb", "zero"):
        assert word in names
    for path in (one for one in said if "toggl" in one.name):
        call_command("import_toggl", str(path), stdout=io.StringIO())
    assert TimeEntry.objects.live().count() > 10
