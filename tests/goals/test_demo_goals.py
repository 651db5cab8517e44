from __future__ import annotations

from datetime import date

import pytest

from goals.examples import add_example_goals
from goals.models import Goal

TODAY = date(2026, 11, 28)


@pytest.mark.django_db
def test_the_demo_gets_a_goal_of_each_kind_once() -> None:
    assert add_example_goals(TODAY) == 6
    assert set(Goal.objects.values_list("kind", flat=True)) == {"reach", "total", "mean", "days"}
    assert add_example_goals(TODAY) == 0
    assert Goal.objects.count() == 6


@pytest.mark.django_db
def test_goals_that_were_deleted_stay_so() -> None:
    add_example_goals(TODAY)
    Goal.objects.mark_deleted()
    assert add_example_goals(TODAY) == 0
    assert not Goal.objects.live().exists()
