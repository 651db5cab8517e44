"""Whose a weigh-in is: what Withings is not sure of counts once its owner says that it is theirs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from lifetracker.models import SyncRun
from tests import makers
from tests.conftest import NOW, run
from tests.makers import MORNING, weigh_in
from weight.metrics import weigh_ins
from weight.models import AMBIGUOUS, SAME_MOMENT, WITHINGS, WeighIn, counts

pytestmark = pytest.mark.django_db

# What Withings says, what its owner said, and whether that counts.
CASES = [
    (None, None, True),
    (0, None, True),
    (8, None, True),
    (AMBIGUOUS, None, False),
    (AMBIGUOUS, True, True),
    (AMBIGUOUS, False, False),
    (0, True, True),
    (0, False, False),
    (None, False, False),
]


@pytest.mark.parametrize(("attribution", "is_mine", "is_counted"), CASES)
def test_every_figure_follows_what_its_owner_said(
    person: Client, attribution: int | None, is_mine: bool | None, is_counted: bool
) -> None:
    weigh_in(1, 70)
    one = weigh_in(0, 60, attribution=attribution, is_mine=is_mine)
    assert one.is_counted == counts(attribution, is_mine) == is_counted
    assert one.is_doubtful == (attribution == AMBIGUOUS and is_mine is None)
    assert weigh_ins().filter(pk=one.pk).exists() == is_counted
    assert len(makers.whole_trend()) == 1 + is_counted
    recent = WeighIn.objects.all().recent(one.date - timedelta(days=5), one.date)
    assert recent.points[-1].kg == (60 if is_counted else 70)
    assert (recent.doubtful_at == one.measured_at) == one.is_doubtful
    trend = person.get("/api/weight/trend").json()["days"]
    assert [day["kg"] for day in trend] == ([70, 60] if is_counted else [70])
    listed = person.get("/api/weight").json()["results"][0]
    alone = person.get(f"/api/weight/{one.pk}").json()
    for found in (listed, alone):
        assert (found["is_mine"], found["counted"]) == (is_mine, is_counted)
        assert found["ambiguous"] == (attribution == AMBIGUOUS)


def test_what_was_said_survives_every_sync(withings: Any) -> None:
    moment = NOW - timedelta(hours=1)
    found = withings.weigh(58.2, moment)
    withings.edit(found[0], attrib=AMBIGUOUS)
    run(WITHINGS, days=3)
    WeighIn.objects.filter(measured_at=moment).update(is_mine=False)
    for kg in (58.4, 58.6):
        withings.edit(
            found[0], attrib=0, measures=[{"value": round(kg * 1000), "type": 1, "unit": -3}]
        )
        assert run(WITHINGS, days=3).status == SyncRun.Status.SUCCESS
        row = WeighIn.objects.get(measured_at=moment)
        assert (row.weight_kg, row.attribution, row.is_mine) == (Decimal(str(kg)), 0, False)
    withings.delete(found[0])
    run(WITHINGS, days=3)
    withings.restore(found[0])
    run(WITHINGS, days=3)
    assert WeighIn.objects.live().get(measured_at=moment).is_mine is False


def test_two_of_one_moment_are_one_too_many(person: Client) -> None:
    weigh_in(0, 70)
    with pytest.raises(ValidationError, match="already a weigh-in at this time"):
        WeighIn(measured_at=MORNING, weight_kg=71).clean()
    typed = {"measured_at": MORNING.isoformat(), "weight_kg": 71}
    answer = person.post("/api/weight", typed, "application/json")
    assert (answer.status_code, answer.json()) == (400, {"measured_at": [SAME_MOMENT]})
    WeighIn.objects.update(deleted_at=MORNING)
    assert person.post("/api/weight", typed, "application/json").status_code == 201
    record = WeighIn.objects.live().get()
    assert person.patch(f"/api/weight/{record.pk}", {"weight_kg": 72}, "application/json").json()[
        "weight_kg"
    ] == pytest.approx(72)
