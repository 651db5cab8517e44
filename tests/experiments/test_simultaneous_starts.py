"""Of two experiments that are begun at the same moment, the second one sees the first."""

from __future__ import annotations

from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from experiments.acts import begin, locked
from experiments.models import Experiment
from lifetracker.days import today
from tests.experiments.lives import planned

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]


def start(pk: int) -> None:
    with transaction.atomic():
        begin(locked(pk), today())


def test_only_one_of_two_with_the_same_action_begins() -> None:
    first, second = planned(), planned()
    refused: list[str] = []

    def start_second() -> None:
        try:
            start(second.pk)
        except ValidationError as error:
            refused.extend(error.messages)
        finally:
            connection.close()

    other = Thread(target=start_second)
    with transaction.atomic():
        begin(locked(first.pk), today())
        other.start()
        other.join(2)
        assert other.is_alive(), "it waits for the first"
    other.join(60)
    assert "judged by the same metric" in " ".join(refused)
    assert list(Experiment.objects.running()) == [first]
