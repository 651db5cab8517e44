"""`manage.py check` refuses declarations that cannot work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from lifetracker.sync.checks import check_deployment, check_source, check_streams
from lifetracker.sync.mapping import PathValue
from lifetracker.sync.streams import Source
from tests.processes import command
from weight.streams import measures
from whoop.models import WhoopSleep
from whoop.streams import cycles, profile, recoveries, sleeps, source

joined: Any = measures.aggregate


def problems(stream: Any) -> list[str]:
    return [m.id for m in check_source(replace(source, streams=(stream,))) if m.id]


def fields_of(stream: Any, **changes: Any) -> dict[str, Any]:
    return {k: v for k, v in {**stream.fields, **changes}.items() if v is not ...}


def test_what_is_declared_is_sound() -> None:
    assert check_streams() == []


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (replace(profile, model=User), "lifetracker.E002"),
        (replace(cycles, fields=fields_of(cycles, source_id=...)), "lifetracker.E003"),
        (replace(cycles, fields=fields_of(cycles, no_such_column="id")), "lifetracker.E004"),
        (replace(cycles, fields=fields_of(cycles, deleted_at="id")), "lifetracker.E004"),
        (replace(cycles, fields=fields_of(cycles, strain=7)), "lifetracker.E005"),
        (replace(cycles, fields=fields_of(cycles, strain="score..x")), "lifetracker.E005"),
        (
            replace(cycles, fields=fields_of(cycles, strain=PathValue("", float))),
            "lifetracker.E005",
        ),
        (replace(cycles, fields=fields_of(cycles, start_time=...)), "lifetracker.E006"),
        (replace(cycles, axis="date"), "lifetracker.E007"),
        (replace(cycles, axis=""), "lifetracker.E007"),
        (replace(measures, window=None, deletes_by_absence=False), "lifetracker.E008"),
        (recoveries, "lifetracker.E009"),
        (
            replace(measures, aggregate=replace(joined, columns=("no_such_column",))),
            "lifetracker.E011",
        ),
        (replace(measures, aggregate=replace(joined, by="nothing")), "lifetracker.E011"),
    ],
)
def test_what_cannot_work_is_refused(stream: Any, expected: str) -> None:
    found = list(check_source(replace(source, streams=(stream,))))
    assert expected in [m.id for m in found]
    assert all(m.hint for m in found), "each says how to mend it"


def test_copies_need_their_columns() -> None:
    related = replace(recoveries.related[0], denormalizes={"date": "no_such_column"})
    streams = (sleeps, replace(recoveries, related=(related,)))
    found = [m.id for m in check_source(replace(source, streams=streams))]
    assert found == ["lifetracker.E009"]


def test_two_streams_of_one_name() -> None:
    twice: Source = replace(source, streams=(cycles, replace(sleeps, name="cycle")))
    assert "lifetracker.E001" in [m.id for m in check_source(twice)]


def test_every_problem_says_where(settings: Any) -> None:
    broken = replace(sleeps, fields={"nap": "nap"}, model=WhoopSleep)
    found = list(check_source(replace(source, streams=(broken,))))
    assert found
    assert all("Whoop.sleep" in m.msg for m in found)


def test_the_demo_is_no_production(settings: Any) -> None:
    assert list(check_deployment()) == []
    settings.DEMO = True
    assert [m.id for m in check_deployment()] == ["lifetracker.E010"]


def test_settings_that_no_browser_could_use_are_told(settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.STATIC_ROOT = False, tmp_path
    settings.ALLOWED_HOSTS = ["localhost"]
    assert [one.id for one in check_deployment()] == ["lifetracker.W013", "lifetracker.W014"]
    (tmp_path / "staticfiles.json").touch()
    settings.ALLOWED_HOSTS = ["localhost", "tracker.example.org"]
    assert list(check_deployment()) == []


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"ALLOWED_HOSTS": "https://tracker.example.org"}, "ALLOWED_HOSTS"),
        ({"SENTRY_DSN": "rubbish"}, "SENTRY_DSN"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(variables: dict[str, str], told: str) -> None:
    code, _, err = in_production("check", **variables)
    assert code != 0
    assert told in err
    assert "Traceback" not in err


def test_a_value_with_a_dollar_is_taken_to_the_letter() -> None:
    script = "from django.conf import settings as s; print([s.SECRET_KEY, s.BACKUP_PASSPHRASE])"
    values = {"SECRET_KEY": "$HOME is no name", "BACKUP_PASSPHRASE": "$ecret"}
    code, out, err = in_production("shell", "--no-imports", "-c", script, **values)
    assert code == 0, err
    assert out.strip() == "['$HOME is no name', '$ecret']"


def in_production(*words: str, **variables: str) -> tuple[int, str, str]:
    return command(*words, **{"DEMO": "", "SECRET_KEY": "k" * 60} | variables)
