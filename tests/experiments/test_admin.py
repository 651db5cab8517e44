"""Experiments in the admin: what is deleted there can be restored."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from experiments.forms import BEGUN_SINCE
from experiments.models import Experiment
from tests.experiments.lives import planned, running

pytestmark = pytest.mark.django_db

LIST = reverse("admin:experiments_experiment_changelist")


def test_what_is_deleted_can_be_restored(client: Client) -> None:
    client.force_login(User.objects.create_superuser("robin"))
    one, other = planned(), running()
    delete = reverse("admin:experiments_experiment_delete", args=[one.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    assert client.post(LIST, chosen).status_code == 302
    assert not Experiment.objects.live().exists()
    page = client.get(f"{LIST}?deleted=yes").content.decode()
    assert "Restore deleted experiments" in page
    chosen = {"action": "restore", "_selected_action": [one.pk, other.pk]}
    answer = client.post(f"{LIST}?deleted=yes", chosen, follow=True)
    assert "Experiments restored: 2." in answer.content.decode()
    assert Experiment.objects.live().count() == 2
    other.refresh_from_db()
    assert other.state == "running"  # its days were over


def test_a_form_that_was_opened_before_the_start_says_that_the_plan_stays(client: Client) -> None:
    client.force_login(User.objects.create_superuser("robin"))
    one = running()
    address = reverse("admin:experiments_experiment_change", args=[one.pk])
    words = {"question": "Another?", "notes": ""}
    assert BEGUN_SINCE not in client.post(address, words, follow=True).content.decode()
    said = client.post(address, words | {"pairs": "12"}, follow=True).content.decode()
    assert BEGUN_SINCE in said
    one.refresh_from_db()
    assert (one.question, one.pairs) == ("Another?", 6)
