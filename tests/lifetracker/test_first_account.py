from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from tests import processes

pytestmark = pytest.mark.django_db

PASSWORD = "Zo4-tuba-lint"
GIVEN = {"username": "robin", "password": PASSWORD, "email": "robin@example.org"}


def call(settings: Any, **given: str) -> str:
    settings.FIRST_ACCOUNT = dict.fromkeys(GIVEN, "") | given
    out = StringIO()
    call_command("first_account", stdout=out, stderr=out)
    return out.getvalue()


def test_the_first_account_is_made_once(settings: Any) -> None:
    told = call(settings, **GIVEN)
    assert "robin was created" in told
    assert PASSWORD not in told
    robin = User.objects.get()
    assert robin.check_password(PASSWORD)
    assert (robin.is_superuser, robin.is_staff, robin.email) == (True, True, "robin@example.org")
    assert "already" in call(settings, **GIVEN | {"username": "sam", "password": "Another-1-word"})
    assert User.objects.get().check_password(PASSWORD)


def test_without_the_variables_it_says_what_to_set(settings: Any) -> None:
    assert "DJANGO_SUPERUSER_USERNAME" in call(settings)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"username": ""}, "DJANGO_SUPERUSER_USERNAME is not set"),
        ({"password": ""}, "DJANGO_SUPERUSER_PASSWORD is not set"),
        ({"password": "12345"}, "too short"),
        ({"password": "password"}, "too common"),
        ({"username": "robin-the-first", "password": "robin-the-first"}, "too similar"),
        ({"username": "robin the first"}, "valid username"),
        ({"email": "nobody"}, "valid email"),
    ],
)
def test_what_makes_no_account(settings: Any, given: dict[str, str], words: str) -> None:
    with pytest.raises(CommandError, match=words) as error:
        call(settings, **GIVEN | given)
    assert PASSWORD not in str(error.value)
    assert not User.objects.exists()


def test_somebody_of_that_name_who_is_no_superuser(settings: Any) -> None:
    User.objects.create_user("robin")
    with pytest.raises(CommandError, match="already exists"):
        call(settings, **GIVEN)


@pytest.mark.django_db(transaction=True)
def test_the_variables_are_read_to_the_letter() -> None:
    """A dollar at the beginning would elsewhere name another variable, and print the rest."""
    env = processes.environment(
        DJANGO_SUPERUSER_USERNAME="robin", DJANGO_SUPERUSER_PASSWORD="$Zo4-tuba-lint"
    )
    code, out, err = processes.finish(processes.start("first_account", env=env))
    assert (code, "created" in out) == (0, True), err
    assert User.objects.get().check_password("$Zo4-tuba-lint")
    assert "tuba" not in out + err
