"""What is stored as it came is not mapped again, unless it would be mapped in another way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from lifetracker.models import SyncRun
from lifetracker.sync import versions
from lifetracker.sync.digests import digest
from lifetracker.sync.lossless import to_json
from lifetracker.sync.mapping import FieldMapping, above_zero, from_zero
from lifetracker.sync.versions import digest_of_files, sources, version_of
from tests.conftest import run, total
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep
from whoop.streams import cycles, recoveries, scored, source, with_stages


@pytest.fixture
def mapped(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The items that a mapping was asked for."""
    asked: list[Any] = []
    row = FieldMapping.row

    def noted(self: FieldMapping, item: Any) -> list[Any]:
        asked.append(item)
        return row(self, item)

    monkeypatch.setattr(FieldMapping, "row", noted)
    return asked


@pytest.fixture
def other_code(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if a file of the program had another content."""
    forget()
    monkeypatch.setattr(versions, "code_version", lambda: "another")
    yield
    forget()


def forget() -> None:
    for stream in source.streams:
        vars(stream.mapping).pop("version", None)


def moments() -> dict[Any, Any]:
    return {
        (model, pk): at
        for model in (WhoopCycle, WhoopSleep, WhoopRecovery)
        for pk, at in model.objects.values_list("pk", "updated_at")
    }


def test_what_came_before_is_counted_and_not_mapped(whoop: Any, mapped: list[Any]) -> None:
    first = run(full=True)
    mapped.clear()
    again = run(full=True)
    assert mapped == []
    assert total(again, "created", "updated", "rejected") == (0, 0, 0)
    assert again.total("unchanged") == first.records_synced


def test_other_code_maps_everything_again_and_moves_no_update(
    whoop: Any, mapped: list[Any], request: pytest.FixtureRequest
) -> None:
    first = run(full=True)
    before = moments()
    mapped.clear()
    request.getfixturevalue("other_code")
    again = run(full=True)
    assert len(mapped) == first.total("created")
    assert again.total("unchanged") == first.records_synced
    assert total(again, "created", "updated") == (0, 0)
    assert moments() == before
    mapped.clear()
    run(full=True)
    assert mapped == [], "the new version is noted"


def test_another_mapping_changes_what_it_maps_differently(
    whoop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(full=True)
    fields = {**cycles.fields, "strain": lambda _item: 1.5}
    monkeypatch.setitem(vars(cycles), "mapping", FieldMapping(WhoopCycle, fields))
    again = run(full=True)
    assert again.counts["cycle"]["updated"] == WhoopCycle.objects.count()
    assert set(WhoopCycle.objects.values_list("strain", flat=True)) == {1.5}
    assert again.counts["sleep"]["updated"] == 0


def test_digests_of_an_older_version_of_the_program_move_no_update(whoop: Any) -> None:
    """They were of the typed row as a whole."""
    run(full=True)
    texts = {str(record["id"]): to_json(record) for record in whoop.records("cycle")}
    for cycle in WhoopCycle.objects.all():
        values = [getattr(cycle, name) for name in cycles.mapping.columns]
        row = [*values, texts[cycle.source_id]]
        WhoopCycle.objects.filter(pk=cycle.pk).update(digest=digest(row))
    before = moments()
    assert total(run(full=True), "created", "updated") == (0, 0)
    assert moments() == before


@pytest.mark.parametrize("values", [{"digest": ""}, {"deleted_at": timezone.now()}])
def test_a_row_without_a_digest_or_with_a_tombstone_is_written(whoop: Any, values: Any) -> None:
    run(full=True)
    chosen = WhoopCycle.objects.order_by("pk")[3]
    WhoopCycle.objects.filter(pk=chosen.pk).update(**values, strain=99)
    assert total(run(full=True), "created", "updated") == (0, 1)
    chosen.refresh_from_db()
    assert (chosen.strain, chosen.deleted_at) != (99, values.get("deleted_at"))
    assert chosen.deleted_at is None


def test_what_it_refers_to_is_a_part_of_it(whoop: Any, mapped: list[Any]) -> None:
    run(full=True)
    recovery = WhoopRecovery.objects.exclude(sleep_id="").order_by("-start_time")[5]
    night = WhoopSleep.objects.get(source_id=recovery.sleep_id)
    WhoopSleep.objects.filter(pk=night.pk).update(date=night.date + timedelta(days=1))
    mapped.clear()
    record = run(full=True)
    assert record.status == SyncRun.Status.SUCCESS
    recovery.refresh_from_db()
    assert recovery.date == night.date + timedelta(days=1)
    assert [item["sleep_id"] for item in mapped] == [recovery.sleep_id]


def test_an_item_that_was_refused_in_between_leaves_the_list_when_it_comes_as_before(
    whoop: Any, sandbox: Any
) -> None:
    run(full=True)
    night = whoop.records("sleep")[5]
    whoop.edit("sleep", night["id"], timezone_offset="nonsense")
    assert run(full=True).counts["sleep"]["rejected"] == 1
    whoop.edit("sleep", night["id"], timezone_offset=night["timezone_offset"])
    assert run(full=True).counts["sleep"]["rejected"] == 0


# --- What a version is made of --------------------------------------------------------------------


def test_every_file_that_a_mapping_could_call_is_in_it(tmp_path: Path) -> None:
    names = {f"{path.parent.name}/{path.name}" for path in sources()}
    assert {"whoop/streams.py", "whoop/models.py", "whoop/sports.py"} <= names
    assert {"sync/mapping.py", "lifetracker/days.py", "workouts/models.py"} <= names
    assert {"weight/streams.py", "time_logs/streams.py", "github_projects/streams.py"} <= names
    files = [tmp_path / "a.py", tmp_path / "b.py"]
    for file in files:
        file.write_text("x = 1\n")
    first = digest_of_files(files, "")
    files[1].write_text("x = 2\n")
    assert len({first, digest_of_files(files, ""), digest_of_files(files, "other Python")}) == 3


def test_what_is_declared_is_in_it() -> None:
    fields = dict(cycles.fields)
    first = version_of(fields.items())
    assert version_of(dict(cycles.fields).items()) == first
    for name, other in {
        "strain": "score?.strain",
        "kilojoules": from_zero("score?.kilojoule"),
        "max_heart_rate": above_zero("score?.max_heart_rate", lambda value: value),
        "date": scored,
    }.items():
        assert version_of({**fields, name: other}.items()) != first


def test_the_zone_is_in_it(settings: Any) -> None:
    first = cycles.made_by
    settings.TIME_ZONE = "Asia/Tokyo"
    assert cycles.made_by != first


def test_how_an_item_is_prepared_is_in_it() -> None:
    assert replace(recoveries, transform=with_stages).made_by != recoveries.made_by
