"""The blood tests of the demo: a table of the sandbox, imported as any other."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from csv_import.models import KeptMapping
from lifetracker.management.commands.demo import Command
from lifetracker.sandbox.blood import TESTS, write_results
from lifetracker.sandbox.life import life_of
from own_metrics.models import OwnMetric, OwnValue
from tests.browser.scenes import NOW

pytestmark = pytest.mark.django_db


def test_the_demo_has_blood_values_and_a_kept_mapping() -> None:
    out = StringIO()
    Command(stdout=out).import_blood_tests()
    metrics = OwnMetric.objects.order_by("name").values_list("name", "unit", "decimals")
    assert list(metrics) == [("Ferritin", "µg/l", 1), ("HbA1c", "%", 1), ("Vitamin D", "nmol/l", 1)]
    assert OwnValue.objects.count() == 18 * 3
    assert "0 rejected" in out.getvalue()
    assert KeptMapping.objects.get().name == "blood-tests.csv"
    # What its reader deleted stays deleted at the next start.
    OwnMetric.objects.get(name="HbA1c").mark_deleted()
    Command(stdout=out).import_blood_tests()
    assert OwnMetric.objects.live().count() == 2


def test_a_later_table_only_adds(tmp_path: Path) -> None:
    maps = [part for name in TESTS for part in ("--map", f"{name}=metric")]
    first = write_results(tmp_path, life_of(1), 300, NOW - timedelta(days=61))
    call_command(
        *("import_csv", first, "--name", "Test", "--value", "Result", *maps), stdout=StringIO()
    )
    known = OwnValue.objects.count()
    later = write_results(tmp_path, life_of(1), 361, NOW)
    out = StringIO()
    call_command("import_csv", later, stdout=out)
    assert f"0 changed, {known} the same" in out.getvalue()
    assert OwnValue.objects.count() > known
