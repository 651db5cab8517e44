"""What is said of experiments, word for word."""

from __future__ import annotations

import pytest

from experiments.words import amount, signed_amount

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.mark.parametrize(
    ("value", "key", "words"),
    [
        (9.4, "whoop.recovery_score", "9.4 points"),
        (4.2, "whoop.hrv", "4.2 ms"),
        (0.5, "whoop.strain", "0.5 points"),
        (250, "whoop.steps", "250"),
    ],
)
def test_a_difference_of_a_share_or_a_scale_is_one_of_points(
    value: float, key: str, words: str
) -> None:
    assert amount(-value, key) == words
    assert signed_amount(value, key) == f"+{words}"
