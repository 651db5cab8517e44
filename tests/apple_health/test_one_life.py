"""An export of a whole life: beside what WHOOP and Withings say of the same, and killed while it is imported."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from apple_health.export import xml_stream
from apple_health.models import AppleDay, AppleNight, SourceOrder
from apple_health.names import APPLE_HEALTH
from lifetracker.models import SyncRun
from lifetracker.models.kept import value_columns
from lifetracker.sandbox.apple.export import write_export
from lifetracker.sandbox.life import life_of
from oauth_integration.models import OAuthCredential
from tests import processes
from tests.conftest import DAYS, NOW, run
from weight.models import WeighIn
from whoop.models import WhoopSleep
from workouts.models import Workout

MODELS = (AppleDay, AppleNight, WeighIn, Workout)
#: In days: large enough that a process can be killed within it.
LENGTH = 150


def facts() -> dict[str, list[tuple[Any, ...]]]:
    """All that is stored of Apple Health, but when that was."""
    return {
        model.__name__: sorted(
            model._default_manager.filter(source=APPLE_HEALTH, deleted_at=None).values_list(
                "source_id", *value_columns(model)
            ),
            key=repr,
        )
        for model in MODELS
    }


# --- Beside the services --------------------------------------------------------------------------


def overlapping(spans: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Those that begin long before the one before them has ended."""
    return [
        (one, other)
        for one, other in pairwise(sorted(spans))
        if other[0] < one[1] - timedelta(minutes=5)
    ]


def weigh_ins_twice() -> int:
    """How many of two sources are one; the same scale may be stepped on twice in a minute."""
    rows = WeighIn.objects.live().order_by("measured_at")
    found = rows.values_list("measured_at", "weight_kg", "source")
    return sum(
        later[0] - one[0] < timedelta(seconds=90)
        and abs(later[1] - one[1]) < 0.05
        and one[2] != later[2]
        for one, later in pairwise(found)
    )


def assert_nothing_is_there_twice() -> None:
    workouts = Workout.objects.live().values_list("start", "end")
    assert not overlapping(list(workouts))
    assert weigh_ins_twice() == 0
    whoop = WhoopSleep.objects.nights().values_list("start_time", "end_time")
    apple = AppleNight.objects.all().counted().filter(nap=False)
    assert not overlapping([*whoop, *apple.values_list("start_time", "end_time")])


@pytest.mark.long
@pytest.mark.usefixtures("whoop", "withings")
@pytest.mark.parametrize("own", [True, False], ids=["named", "as the watch"])
@pytest.mark.parametrize("file_first", [True, False])
def test_no_night_weight_or_workout_is_there_twice(
    tmp_path: Path, settings: Any, own: bool, file_first: bool
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    path = str(write_export(tmp_path, life_of(1), DAYS, NOW, own=own))
    if file_first:
        call_command("import_apple_health", path, "--all-sources")
        assert len(facts()["Workout"]) > 50
        assert len(facts()["WeighIn"]) > 50
        assert_nothing_is_there_twice()
    for source in ("Whoop", "Withings"):
        assert run(source, full=True).status == SyncRun.Status.SUCCESS
    assert_nothing_is_there_twice()
    call_command("import_apple_health", path)
    assert_nothing_is_there_twice()
    # What the services have is theirs, as declared.
    assert facts()["Workout"] == []
    whoop = WhoopSleep.objects.nights().count()
    assert whoop > 100
    assert AppleNight.objects.all().counted().filter(nap=False).count() < 5
    assert AppleDay.objects.live().count() >= DAYS
    # And as changed by their owner.
    SourceOrder(pk=1, nights=SourceOrder.Nights.APPLE_HEALTH).save()
    nights = AppleNight.objects.live().filter(nap=False)
    assert AppleNight.objects.all().counted().filter(nap=False).count() == nights.count()
    assert bool(nights) == (not own or file_first), "what WHOOP wrote was left out"


@pytest.mark.django_db
def test_what_services_wrote_is_taken_once_they_are_gone(tmp_path: Path, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    path = str(write_export(tmp_path, life_of(1), 30, NOW))
    for provider in ("whoop", "withings"):
        OAuthCredential.objects.create(provider=provider, refresh_token="a", access_token="b")
    call_command("import_apple_health", path)
    assert [len(facts()[name]) for name in ("AppleNight", "WeighIn", "Workout")] == [0, 0, 0]
    OAuthCredential.objects.all().delete()
    call_command("import_apple_health", path)
    assert min(len(rows) for rows in facts().values()) > 10


# --- Killed ---------------------------------------------------------------------------------------

#: Counts pieces that are read and batches that are stored, and ends the process without a chance to tidy up at the one that
#: it is told.
SCRIPT = """
import os, signal, sys
from django.core.management import call_command
from apple_health import store
from apple_health.export import xml_stream
seen, last = 0, {last}
def ticking(call):
    def counted(*arguments, **named):
        global seen
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)
    return counted
xml_stream.CHUNK = 64 * 1024
xml_stream.Parser._feed = ticking(xml_stream.Parser._feed)
store.write = ticking(store.write)
store.hide_replaced = ticking(store.hide_replaced)
call_command("import_apple_health", {path!r})
print("steps", seen)
"""


def import_in_process(path: Path, last: int) -> tuple[int, str]:
    child = processes.start("shell", "--no-imports", "-c", SCRIPT.format(path=str(path), last=last))
    code, out, error = processes.finish(child, timeout=180)
    return code, out + error


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_an_import_that_was_killed_five_times_ends_as_one_that_was_not(tmp_path: Path) -> None:
    path = write_export(tmp_path, life_of(1), LENGTH, NOW)
    code, told = import_in_process(path, 0)
    assert code == 0, told
    count = int(told.rpartition("steps ")[2])
    assert count > 30
    expected = facts()
    assert min(map(len, expected.values())) > 50
    for model in MODELS:
        model._default_manager.all().delete()
    random = Random(20260916)  # noqa: S311 - the same ones each time
    for last in (*random.sample(range(1, count - 5), 3), count - 1, count - 3):
        code, _ = import_in_process(path, last)
        assert code == -9
        assert facts() == {name: [] for name in expected}, "all or nothing"
    code, told = import_in_process(path, 0)
    assert code == 0, told
    assert facts() == expected
    assert xml_stream.CHUNK > 64 * 1024
    assert SyncRun.objects.filter(source=APPLE_HEALTH).count() == 2
    connection.close()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_end_as_one(tmp_path: Path) -> None:
    path = write_export(tmp_path, life_of(1), LENGTH, NOW)
    children = [processes.start("import_apple_health", str(path)) for _ in range(2)]
    ended = [processes.finish(child, timeout=240) for child in children]
    assert [code for code, *_ in ended] == [0, 0], ended
    both = facts()
    runs = SyncRun.objects.filter(source=APPLE_HEALTH)
    created = [
        sum(one.get("created", 0) for one in run.counts.values()) for run in runs.order_by("pk")
    ]
    assert (created[0] > 50, created[1]) == (True, 0), "the second one found everything there"
    code, told = import_in_process(path, 0)
    assert code == 0, told
    assert facts() == both
    connection.close()
