"""Settings as people write them: understood as they were meant, or refused by name and never by value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from lifetracker import environment
from lifetracker.environment import Environment, read_file
from lifetracker.errors import NeedsReauthorization, NotConfigured
from oauth_integration.models import OAuthCredential
from time_logs.services.toggl_client import TogglClient
from whoop.services.whoop_client import WhoopAPIClient

NBSP, BOM, ZERO_WIDTH = "\xa0", "\ufeff", "\u200b"
TOKEN = "0123456789abcdef0123456789abcdef"


def read(tmp_path: Path, content: str | bytes, **known: str) -> Environment:
    """The settings of a file, in an environment that has what is `known`."""
    path = tmp_path / ".env"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    env = Environment()
    env.ENVIRON = known
    env.read_file(path)
    return env


def text(env: Environment, name: str) -> str:
    return str(env.str(name, default="not set"))


# --- The file -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        f"TOGGL_API_TOKEN={TOKEN}",
        f"TOGGL_API_TOKEN = {TOKEN}",
        f"  TOGGL_API_TOKEN={TOKEN}  ",
        f"export TOGGL_API_TOKEN={TOKEN}",
        f"export  TOGGL_API_TOKEN={TOKEN}\t",
        f"TOGGL_API_TOKEN={NBSP}{TOKEN}{NBSP}",
        f"TOGGL_API_TOKEN={TOKEN}{ZERO_WIDTH}",
        f"TOGGL_API_TOKEN={TOKEN}  # mine",
        f"TOGGL_API_TOKEN={TOKEN}{NBSP}# mine",
        f'TOGGL_API_TOKEN="{TOKEN}"',
        f"TOGGL_API_TOKEN='{TOKEN}'",
        f'TOGGL_API_TOKEN="{TOKEN}" # from the "profile"',
        f"TOGGL_API_TOKEN=\u201c{TOKEN}\u201d",
        f"{BOM}TOGGL_API_TOKEN={TOKEN}",
        f"TOGGL_API_TOKEN={TOKEN}\r",
        f"# a note\n\nTOGGL_API_TOKEN={TOKEN}\r\nTZ=UTC\r\n",
        f"TOGGL_API_TOKEN=\nTOGGL_API_TOKEN={TOKEN}",
        f"TOGGL_API_TOKEN={TOKEN}\nTOGGL_API_TOKEN=",
        f"TOGGL_API_TOKEN={TOKEN}\nTOGGL_API_TOKEN={TOKEN}",
    ],
    ids=repr,
)
def test_a_token_is_understood_however_it_is_written(tmp_path: Path, line: str) -> None:
    assert text(read(tmp_path, line), "TOGGL_API_TOKEN") == TOKEN


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_files_of_windows_are_read(tmp_path: Path, encoding: str) -> None:
    env = read(tmp_path, f"TOGGL_API_TOKEN={TOKEN}\r\nPORT=5002\r\n".encode(encoding))
    assert (text(env, "TOGGL_API_TOKEN"), env.read("PORT", environment.port, 1)) == (TOKEN, 5002)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("BACKUP_PASSPHRASE=correct horse", "correct horse"),
        ("BACKUP_PASSPHRASE=correct#horse", "correct#horse"),
        ("BACKUP_PASSPHRASE='correct # horse'", "correct # horse"),
        ('BACKUP_PASSPHRASE=" correct horse "  # in a safe', " correct horse "),
        ("BACKUP_PASSPHRASE='it's'", "it's"),
        ('BACKUP_PASSPHRASE="a \\"b\\" \\\\ c"', 'a "b" \\ c'),
        ("BACKUP_PASSPHRASE=$HOME", "$HOME"),
        ("BACKUP_PASSPHRASE=#1", "#1"),
        ("BACKUP_PASSPHRASE=   ", "not set"),
        ("BACKUP_PASSPHRASE=  # none yet", "not set"),
        ("BACKUP_PASSPHRASE=''", "not set"),
        ("BACKUP_PASSPHRASE=a=b", "a=b"),
    ],
    ids=repr,
)
def test_a_passphrase_is_taken_to_the_letter(tmp_path: Path, line: str, value: str) -> None:
    assert text(read(tmp_path, line), "BACKUP_PASSPHRASE") == value


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("BACKUP_PASSPHRASE=swordfish # mine", "BACKUP_PASSPHRASE has spaces around it, or a #"),
        ("SECRET_KEY=swordfish  ", "SECRET_KEY has spaces around it"),
        ("SECRET_KEY= swordfish", "SECRET_KEY has spaces around it"),
        ('SECRET_KEY="swordfish', "SECRET_KEY starts with a quote that is not closed"),
        ("TOGGL_API_TOKEN='swordfish' more", "TOGGL_API_TOKEN starts with a quote"),
        ("PORT=1\nswordfish\n", "line 2: this line must have the form NAME=value"),
        ("SECRET_KEY: swordfish", "line 1: this line must have the form"),
        ("PORT=1\nPORT=2", "line 2: PORT is set twice"),
        (b"SECRET_KEY=swordfish\xff\xfe", "is not UTF-8"),
    ],
    ids=repr,
)
def test_what_can_be_meant_in_two_ways_is_refused(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=words) as refusal:
        read(tmp_path, content)
    assert "swordfish" not in str(refusal.value)


def test_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    known = {"PORT": "1"}
    assert read_file(tmp_path / ".env", known) == set()
    assert known == {"PORT": "1"}


def test_a_file_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        read_file(tmp_path / ".env", {})


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    env = read(tmp_path, "PORT=5002\nTOGGL_API_TOKEN=abc", PORT="5003", TOGGL_API_TOKEN="")
    assert env.read("PORT", environment.port, 1) == 5003
    assert text(env, "TOGGL_API_TOKEN") == "not set", "named as empty there"


def test_the_example_can_be_read() -> None:
    known: dict[str, str] = {}
    read_file(Path(__file__).parents[2] / ".env.example", known)
    assert known["PORT"] == "5001"
    assert "DATABASE_URL" not in known


# --- The environment itself -----------------------------------------------------------------------


def given(value: str) -> Environment:
    env = Environment()
    env.ENVIRON = {"A_SETTING": value}
    return env


def taken(env: Environment, kind: str, **arguments: Any) -> Any:
    """What a variable of this kind is read as: the base has methods for some, ours are functions."""
    if kind in {"bool", "str"}:
        return getattr(env, kind)("A_SETTING", **arguments)
    return env.read("A_SETTING", getattr(environment, kind), arguments.get("default", ""))


@pytest.mark.parametrize(
    "value",
    ["5002", " 5002", "5002\n", "5002\r\n", '"5002"', "' 5002 '", "5002 # web", f"{BOM}5002{NBSP}"],
    ids=repr,
)
def test_a_number_with_something_around_it(value: str) -> None:
    """As from Docker's --env-file, which takes all of it for the value."""
    assert taken(given(value), "port", default=1) == 5002


@pytest.mark.parametrize("value", ["true", " True ", '"yes"', "on # for now", "1\n"], ids=repr)
def test_a_yes_with_something_around_it(value: str) -> None:
    assert given(value).bool("A_SETTING", default=False) is True


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("bool", "yes please", "'yes please' is neither true nor false"),
        ("bool", "tru", "neither true nor false"),
        ("count", "100 per minute", "'100 per minute' is not a whole number"),
        ("count", "1e3", "not a whole number"),
        ("contact", "Robin, robin@example.org", "it must be an e-mail address"),
        ("contact", "(robin)", "it must be an e-mail address"),
        ("language", "German", "'German' is not a language such as en or de"),
        ("count", "10.5", "not a whole number"),
        ("count", "-1", "less than 0"),
        ("count", "٣", "not a whole number"),
        ("count", "9" * 12, "not a whole number"),
        ("hours", "501", "between 0 and 500"),
        ("port", "0", "between 1 and 65535"),
        ("base_url", "https://api.exa mple.com", "the address contains a space"),
        ("base_url", "https://api.example.com/a\nb", "a line break"),
        ("base_url", f"https://api.example.com{NBSP}/a", "the address contains a space"),
        ("base_url", "api.example.com", "not an address such as"),
        ("secret_url", "http://api.example.com", "must use https"),
        ("redis_url", "localhost", "must start with redis"),
        ("hosts", "tracker.example.org other.example.org", "not a host name such as"),
        ("emails", "robin at example.org", "not an email address such as"),
        ("emails", "robin@example.org ada@example.org", "not an email address such as"),
        ("email", "müller@example.org", "letters before the @ that many mail servers do not take"),
        ("str", "abc\ndef", "a line break"),
        ("str", "abc\x00", "control character"),
    ],
    ids=str,
)
def test_a_value_that_cannot_be_meant_is_refused_by_its_name(
    kind: str, value: str, words: str
) -> None:
    options: dict[str, Any] = {"base_url": {"default": ""}, "bool": {"default": False}}
    defaults = {"count": 1, "hours": 1, "port": 1, "secret_url": "", "redis_url": "", "str": ""}
    arguments = options.get(kind) or ({"default": defaults[kind]} if kind in defaults else {})
    with pytest.raises(ImproperlyConfigured, match="A_SETTING") as refusal:
        taken(given(value), kind, **arguments)
    assert words in str(refusal.value)
    assert "See .env.example for what it accepts" in str(refusal.value)


@pytest.mark.parametrize(
    "kind", ["bool", "count", "hours", "port", "base_url", "secret_url", "redis_url", "emails"]
)
@pytest.mark.parametrize("value", [TOKEN, f"robin:{TOKEN}@host", f"{TOKEN}\n{TOKEN}"], ids=repr)
def test_a_token_in_the_wrong_place_is_not_repeated(kind: str, value: str) -> None:
    defaults: dict[str, Any] = {"bool": False, "emails": None}
    default = defaults.get(kind, "")
    arguments = {} if kind == "emails" else {"default": default}
    if kind == "emails":
        value = value.replace("@", " ")
    with pytest.raises(ImproperlyConfigured) as refusal:
        taken(given(value), kind, **arguments)
    assert TOKEN not in str(refusal.value)


def test_lists_take_blanks_behind_their_commas() -> None:
    assert taken(given("a@x.org, b@y.org ,"), "emails") == ["a@x.org", "b@y.org"]
    assert taken(given("one, two"), "texts") == ["one", "two"]
    assert taken(given(f"a.example.org,{NBSP}b.example.org"), "hosts") == [
        "a.example.org",
        "b.example.org",
    ]


def test_a_folder_in_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/robin")
    assert taken(given("~/clones"), "folder") == Path("/home/robin/clones")


def test_a_secret_of_the_environment_is_taken_to_the_letter() -> None:
    env = Environment()
    env.ENVIRON = {"BACKUP_PASSPHRASE": " a # b ", "SECRET_KEY": '"in quotes"'}
    assert text(env, "BACKUP_PASSPHRASE") == " a # b "
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY.*the quotes around it"):
        text(env, "SECRET_KEY")


# --- What would be sent ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI"])
@pytest.mark.parametrize("value", ["swordfish fish", "swordfish\nfish", f"swordfish{NBSP}"])
def test_a_blank_within_credentials_is_not_sent(
    settings: Any, db: None, name: str, value: str
) -> None:
    for one in ("CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI"):
        setattr(settings, f"WHOOP_{one}", "good")
    setattr(settings, f"WHOOP_{name}", value)
    with pytest.raises(NotConfigured, match=f"WHOOP_{name} holds a blank") as refusal:
        WhoopAPIClient().get_authorization_url("a-state-of-16-chars")
    assert "swordfish" not in str(refusal.value)


def test_a_refresh_token_with_a_blank_is_not_sent(whoop: Any, sandbox: Any, settings: Any) -> None:
    OAuthCredential.objects.all().delete()
    settings.WHOOP_CLIENT_ID, settings.WHOOP_CLIENT_SECRET = whoop.client_id, whoop.client_secret
    settings.WHOOP_REFRESH_TOKEN = "swordfish fish"
    with pytest.raises(NeedsReauthorization, match="WHOOP_REFRESH_TOKEN") as refusal:
        WhoopAPIClient().access_token()
    assert "swordfish" not in str(refusal.value)
    assert not sandbox.requests


@pytest.mark.parametrize("value", ["swordfish fish", "swordfish\nfish"])
def test_a_blank_within_a_token_is_not_sent(settings: Any, value: str) -> None:
    settings.TOGGL_API_TOKEN = value
    with pytest.raises(
        NotConfigured, match="TOGGL_API_TOKEN contains an invalid character"
    ) as refusal:
        TogglClient()
    assert "swordfish" not in str(refusal.value)
