"""Who guesses passwords: from many addresses, with forged headers, and with many at once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import User
from django.test import Client

from lifetracker.accounts import guessing
from lifetracker.accounts.guessing import KNOWN_BROWSER, TooManyLogins, is_strangers_login, turns
from tests.lifetracker.serving import HOST, Server, serving
from tests.processes import environment, free_ports, wait_until

PASSWORD = "correct horse battery"


@pytest.fixture
def robin(quick_passwords: None, db: None) -> User:
    return User.objects.create_superuser("robin", password=PASSWORD)


def log_in(client: Client, password: str = PASSWORD, name: str = "robin", **options: Any) -> int:
    form = {"username": name, "password": password}
    return client.post("/login/", form, **options).status_code


def guess_from_everywhere(times: int, name: str = "robin") -> list[int]:
    return [
        log_in(Client(), "wrong", name, REMOTE_ADDR=f"2001:db8::{number:x}")
        for number in range(times)
    ]


# --- From many addresses --------------------------------------------------------------------------


def test_a_name_has_so_many_guesses_from_all_addresses_together(robin: User) -> None:
    most = django_settings.WRONG_PASSWORDS_PER_NAME
    assert guess_from_everywhere(most + 3) == [200] * most + [429] * 3
    assert log_in(Client(), REMOTE_ADDR="192.0.2.1") == 429
    assert log_in(Client(), name="sam", password="wrong") == 200


def test_the_owners_browser_is_not_locked_out(robin: User) -> None:
    mine = Client()
    assert log_in(mine) == 302
    cookie = mine.cookies[KNOWN_BROWSER]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    del mine.cookies["sessionid"]
    guess_from_everywhere(django_settings.WRONG_PASSWORDS_PER_NAME)
    assert log_in(Client()) == 429
    assert log_in(mine) == 302
    # It is one more browser, and no way around the lock of an address.
    other = Client()
    other.cookies[KNOWN_BROWSER] = cookie.value
    assert [log_in(other, "wrong") for _ in range(6)] == [200] * 4 + [429] * 2


def test_a_stranger_at_the_same_address_does_not_lock_out_the_owners_browser(robin: User) -> None:
    """Behind a proxy that is not trusted, and at home, all have one address."""
    mine = Client()
    assert log_in(mine) == 302
    del mine.cookies["sessionid"]
    assert [log_in(Client(), "wrong") for _ in range(6)] == [200] * 4 + [429] * 2
    assert log_in(Client()) == 429
    assert log_in(mine) == 302
    # Its own mistakes count, and those that came before under that cookie.
    del mine.cookies["sessionid"]
    assert [log_in(mine, "wrong") for _ in range(6)] == [200] * 4 + [429] * 2
    assert log_in(mine) == 429


def test_a_stolen_cookie_gives_no_more_guesses_at_each_address(robin: User) -> None:
    mine, thief = Client(), Client()
    assert log_in(mine) == 302
    thief.cookies[KNOWN_BROWSER] = mine.cookies[KNOWN_BROWSER].value
    guesses = [log_in(thief, "wrong", REMOTE_ADDR=f"192.0.2.{number}") for number in range(7)]
    assert guesses == [200] * 4 + [429] * 3


@pytest.mark.parametrize("forged", ["robin", "", "x" * 5000, "eyJhIjoxfQ:1:x", "\xe4"])
def test_a_forged_cookie_opens_nothing(robin: User, forged: str) -> None:
    guess_from_everywhere(django_settings.WRONG_PASSWORDS_PER_NAME)
    client = Client()
    client.cookies[KNOWN_BROWSER] = forged
    assert log_in(client) == 429


def test_anothers_cookie_opens_nothing(robin: User) -> None:
    User.objects.create_user("sam", password=PASSWORD)
    guess_from_everywhere(django_settings.WRONG_PASSWORDS_PER_NAME)
    client = Client()
    assert log_in(client, name="sam") == 302
    del client.cookies["sessionid"]
    assert log_in(client) == 429


# --- Many at once ---------------------------------------------------------------------------------


@pytest.fixture
def one_at_work() -> Iterator[None]:
    """A hash is being made, and one waits."""
    release = threading.Event()

    def work() -> None:
        with turns.taken():
            release.wait(30)

    threads = [threading.Thread(target=work) for _ in range(guessing.MOST_HASHES)]
    for thread in threads:
        thread.start()
    wait_until(lambda: turns._here == guessing.MOST_HASHES)
    yield
    release.set()
    for thread in threads:
        thread.join()


def test_a_stranger_does_not_queue_up(db: None, one_at_work: None) -> None:
    begin = time.monotonic()
    answer = Client().post("/login/", {"username": "robin", "password": "wrong"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "2")
    assert "Too many logins at once" in answer.text
    answer = Client().post("/admin/login/", {"username": "robin", "password": "wrong"})
    assert answer.status_code == 429
    assert time.monotonic() - begin < 5
    token = is_strangers_login.set(True)
    with pytest.raises(TooManyLogins), turns.taken():
        pass
    is_strangers_login.reset(token)


def test_the_owner_waits_for_a_turn(robin: User, settings: Any) -> None:
    mine = Client()
    assert log_in(mine) == 302
    del mine.cookies["sessionid"]
    settings.PASSWORD_HASHERS = ["lifetracker.accounts.guessing.OneAtATime"]
    robin.set_password(PASSWORD)
    robin.save()
    turns._here += guessing.MOST_HASHES
    try:
        assert log_in(Client()) == 429
        assert log_in(mine) == 302
    finally:
        turns._here -= guessing.MOST_HASHES
    assert not is_strangers_login.get()


def test_hashes_are_made_one_after_the_other(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["lifetracker.accounts.guessing.OneAtATime"]
    made = make_password("a")
    assert made.startswith("pbkdf2_sha256$")
    assert check_password("a", made)
    assert not check_password("b", made)
    assert turns._here == 0


# --- A server without a proxy ---------------------------------------------------------------------


def settings_with(**variables: str) -> dict[str, Any]:
    """What a fresh process makes of these variables."""
    names = ("BIND_ADDRESS", "PORT", "TRUSTED_PROXIES")
    code = f"import json; from lifetracker import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    kept = {name: value for name, value in environment().items() if name != "DEMO"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=django_settings.BASE_DIR,
        env=kept | {"SECRET_KEY": "x", "DATABASE_URL": "sqlite:///unused", **variables},
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(zip(names, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize(
    ("variables", "address", "proxies"),
    [
        ({"HTTPS": "true"}, "127.0.0.1", 0),
        ({"PORT": "8000"}, "0.0.0.0", 0),  # noqa: S104 - a container
        ({"PORT": "8000", "BIND_ADDRESS": "127.0.0.1"}, "127.0.0.1", 0),
        ({"BIND_ADDRESS": "::"}, "[::]", 0),
        ({"PORT": "8000", "DYNO": "web.1"}, "0.0.0.0", 1),  # noqa: S104
        ({"PORT": "8000", "RAILWAY_PROJECT_ID": "x"}, "0.0.0.0", 1),  # noqa: S104
        ({"DYNO": "web.1", "TRUSTED_PROXIES": "2"}, "127.0.0.1", 2),
        ({"HTTPS": "true", "TRUSTED_PROXIES": "1"}, "127.0.0.1", 1),
    ],
)
def test_where_it_listens_and_whom_it_believes(
    variables: dict[str, str], address: str, proxies: int
) -> None:
    found = settings_with(**variables)
    assert (found["BIND_ADDRESS"], found["TRUSTED_PROXIES"]) == (address, proxies)


def test_gunicorn_believes_no_header_about_https() -> None:
    text = (django_settings.BASE_DIR / "gunicorn.conf.py").read_text()
    assert re.search(r"^secure_scheme_headers.* = \{\}$", text, re.M)


def test_a_plain_server_believes_no_forged_header(
    tmp_path: Path, transactional_db: None, static_root: Path
) -> None:
    User.objects.create_superuser("robin", password=PASSWORD)
    port = free_ports(1)[0]
    with serving(port, static_root, HTTPS="false", TRUSTED_PROXIES="0") as server:
        statuses = [guess(server, f"192.0.2.{number}") for number in range(7)]
    assert statuses == [200] * 4 + [429] * 3


def guess(server: Server, forged: str) -> int:
    plain = {"X_Forwarded_Proto": "http", "X_Forwarded_For": forged}
    shown = server.ask("/login/", **plain)
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', shown.body.decode())[0]
    cookie = shown.headers["Set-Cookie"].split(";")[0]
    form = {"username": "robin", "password": "wrong", "csrfmiddlewaretoken": token}
    sent = {"Cookie": cookie, "Origin": f"http://{HOST}"}
    return server.ask("/login/", "POST", form, **plain, **sent).status


def test_a_proxy_that_is_not_trusted_is_told_so(
    tmp_path: Path, transactional_db: None, static_root: Path
) -> None:
    with serving(free_ports(1)[0], static_root, TRUSTED_PROXIES="0") as server:
        forged = server.ask("/login/")
        assert forged.status == 400
        assert b"set TRUSTED_PROXIES=1" in forged.body
        plain = server.ask("/login/", X_Forwarded_Proto="http")
        assert plain.status == 301
        assert server.ask("/api/health").status == 200
