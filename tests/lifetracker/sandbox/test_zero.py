"""The Zero exports of the invented life: as the app writes them, and the same in both forms."""

from __future__ import annotations

import json
import re
import statistics
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from fasting.models import FastingPeriod
from lifetracker.sandbox.dinners import late_dinner
from lifetracker.sandbox.fasts import Fast, fasts
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.zero import Exported, write_export

LIFE = Life(1)
# In the morning of a fast that runs.
NOW = datetime(2026, 9, 16, 8, 0, tzinfo=UTC)
DAYS = 1095
PAYLOADS = Path(__file__).parents[2] / "payloads" / "zero"


@pytest.fixture(scope="module")
def known() -> list[Fast]:
    return fasts(LIFE, DAYS, NOW)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return write_export(tmp_path_factory.mktemp("zero"), LIFE, DAYS, NOW)


def hours(fast: Fast) -> float:
    assert fast.end is not None
    return (fast.end - fast.start) / timedelta(hours=1)


# --- The life -------------------------------------------------------------------------------------


def test_she_fasts_on_most_days_and_mostly_for_sixteen_hours(known: list[Fast]) -> None:
    ended = [hours(fast) for fast in known[:-1]]
    assert 0.55 * DAYS < len(ended) < 0.8 * DAYS
    assert 15.5 < statistics.median(ended) < 17.5
    assert Counter(fast.goal_hours for fast in known).most_common(1)[0][0] == 16
    assert sum(length >= 24 for length in ended) >= 5
    assert max(ended) < 40
    assert 3 <= sum(length < 1 for length in ended) <= 20


def test_she_fasts_neither_ill_nor_on_a_flight_and_eats_before_she_sleeps(
    known: list[Fast],
) -> None:
    for fast in known[:-1]:
        if hours(fast) < 1:
            continue
        near = [LIFE.day(fast.start.date() + timedelta(days=n)) for n in (0, 1)]
        evening = next(day for day in near if day.bed > fast.start)
        before = LIFE.day(evening.date - timedelta(days=1))
        for day in (before, evening):
            assert day.ill < 0.1
            assert not day.flying
        awake = evening.bed - fast.start
        if late_dinner(LIFE, before.date):
            assert timedelta(minutes=5) < awake < timedelta(hours=6)
        else:
            at = fast.start.astimezone(ZoneInfo(fast.zone))
            assert timedelta(hours=2) < awake
            assert awake < timedelta(hours=4) or (20, 15) < (at.hour, at.minute) < (21, 30)
        assert fast.end is not None
        assert fast.end > evening.wake
        assert fast.zone == before.zone == evening.zone


def test_few_overlap_and_the_last_one_runs(known: list[Fast]) -> None:
    overlaps = [(a, b) for a, b in pairwise(known) if a.end is not None and a.end > b.start]
    assert 1 <= len(overlaps) <= 8
    assert all(hours(former) < 1 for former, _ in overlaps)
    assert [fast.end for fast in known].index(None) == len(known) - 1


def test_a_fast_is_the_same_whatever_the_days_and_the_time(known: list[Fast]) -> None:
    later = fasts(LIFE, 30, NOW + timedelta(days=5))
    assert len(set(later) & set(known)) > 10
    assert {fast.id for fast in known[-5:]} <= {fast.id for fast in later}
    assert len({fast.id for fast in known}) == len(known)
    assert fasts(Life(2), 20, NOW) != fasts(LIFE, 20, NOW)


# --- The files ------------------------------------------------------------------------------------


def test_the_csv_has_the_form_of_the_real_one(exported: Exported) -> None:
    content = exported.csv.read_bytes()
    real = (PAYLOADS / "zero_csv_a_us_24h_crlf.csv").read_bytes()
    assert content.splitlines()[0] == real.splitlines()[0]
    assert content.count(b"\r\n") == content.count(b"\n") == len(content.splitlines()) - 1
    running, *rows = content.decode().split("\r\n")[1:]
    assert re.fullmatch(r"9/15/26,\d\d:\d\d,\d", running)
    assert all(
        re.fullmatch(r"1?\d/[1-3]?\d/2\d,[12]?\d:\d\d,[12]?\d:\d\d,\d+,\d+", row) for row in rows
    )
    days = [datetime.strptime(row.split(",")[0], "%m/%d/%y") for row in rows]  # noqa: DTZ007
    assert days == sorted(days, reverse=True)


def shape(value: Any) -> Any:
    """The keys of an object, and the kinds of its values; of a list that of its first element."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_the_package_has_the_form_of_the_real_one(exported: Exported) -> None:
    real = json.loads((PAYLOADS / "biodata.json").read_text())
    ours = json.loads((exported.package / "biodata.json").read_text())
    assert shape(ours) == shape(real)
    assert list(ours) == list(real)
    starts = [fast["StartDTM"] for fast in ours["fast_data"]]
    assert starts == sorted(starts)
    assert ours["fast_data"][-1] | {"EndDTM": None, "IsEnded": False} == ours["fast_data"][-1]
    assert all(re.fullmatch(r"[0-9A-F-]{36}", fast["FastID"]) for fast in ours["fast_data"])


def test_the_documents_have_the_form_of_the_real_ones(exported: Exported) -> None:
    real = json.loads((PAYLOADS / "firestore.json").read_text())
    ours = json.loads((exported.package / "firestore.json").read_text())
    optional = {"notes", "endWithSeconds"}
    fast = next(one for one in ours if "goal" in one)
    assert {k: v for k, v in shape(fast).items() if k not in optional} == shape(real[0])
    assert any(one.get("notes") for one in ours)
    assert {one["startTimeZone"] for one in ours if "goal" in one} > {"Europe/Berlin"}
    assert sum("startedFromFast" in one for one in ours) > 100


def test_the_zip_is_the_folder(exported: Exported) -> None:
    with zipfile.ZipFile(exported.archive) as archive:
        names = archive.namelist()
        assert len(names) == 8
        assert {name.split("/")[0] for name in names} == {exported.package.name}
        for name in names:
            assert archive.read(name) == (exported.package / name.split("/")[1]).read_bytes()


# --- Imported -------------------------------------------------------------------------------------


def imported(path: Path) -> str:
    out = StringIO()
    call_command("import_zero", str(path), stdout=out)
    return out.getvalue()


@pytest.fixture
def berlin(settings: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize("csv_first", [True, False])
def test_both_forms_give_one_record_each(
    exported: Exported, known: list[Fast], csv_first: bool
) -> None:
    count = len(known) - 1  # without the one that runs
    order = [exported.csv, exported.archive] if csv_first else [exported.archive, exported.csv]
    first, second = map(imported, order)
    assert f"{count} new, 0 changed, 0 the same, 0 removed, 0 rejected, 1 running" in first
    assert f"{count} matched" in second
    assert f"{count if csv_first else 0} new" in second
    for path in order:
        assert "0 new, 0 changed" in imported(path)
    living = FastingPeriod.objects.live()
    assert set(living.values_list("source_id", "start", "end")) == {
        (fast.id, fast.start, fast.end) for fast in known[:-1]
    }


@pytest.mark.usefixtures("berlin")
def test_a_later_export_goes_on(tmp_path: Path, exported: Exported) -> None:
    imported(exported.archive)
    later = write_export(tmp_path, LIFE, DAYS, NOW + timedelta(hours=10))
    assert "1 new, 0 changed" in imported(later.archive)
    assert FastingPeriod.objects.latest("start").date == date(2026, 9, 16)
