"""What Today shows while nothing is held."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client

from lifetracker.web.first_run import made_up_cells


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 28), date(2026, 8, 1), date(2026, 10, 31)),
        (date(2026, 3, 1), date(2025, 12, 1), date(2026, 2, 28)),
        (date(2028, 4, 30), date(2028, 1, 1), date(2028, 3, 31)),
    ],
)
def test_three_whole_months(today: date, first: date, last: date) -> None:
    cells = made_up_cells(today)
    assert (cells[0].day, cells[-1].day) == (first, last)


def test_made_up_numbers_could_be_true() -> None:
    cells = made_up_cells(date(2026, 11, 28))
    values = [cell.value for cell in cells if cell.value is not None]
    assert len(cells) - len(values) == 3
    assert all(1 <= value <= 100 for value in values)
    assert {cell.band for cell in cells} == {"high", "mid", "low", None}
    assert cells == made_up_cells(date(2026, 11, 28)), "the same on every visit"


@pytest.mark.django_db
@pytest.mark.parametrize("is_staff", [True, False])
def test_import_leads_to_what_can_be_imported(client: Client, is_staff: bool) -> None:
    client.force_login(User.objects.create_user("robin", is_staff=is_staff))
    page = client.get("/").text
    assert "There are three ways to begin." in page
    assert '<a class="button" href="/connections/">Import</a>' in page
