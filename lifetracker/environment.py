"""Reads settings as they were meant: `.env`, and single values with blanks, quotes or a note around
them. What can be meant in two ways is refused by the name of its variable, never by its value, which
may be a secret."""

from __future__ import annotations

import codecs
import ipaddress
import re
import string
from collections.abc import Callable, Collection, Iterable, MutableMapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

# What no screen shows: all kinds of blanks, marks of the byte order, signs without a width.
BLANKS = (
    string.whitespace
    + "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    + "\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff"
)
# By the first of a pair, the second; word processors write the curly ones.
QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019", "\u201e": "\u201c"}
# Texts in which blanks, quotes and `#` may be meant. Sources declare more of them.
FREE = frozenset(
    {
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "BACKUP_PASSPHRASE",
        "EMAIL_HOST_PASSWORD",
        "DJANGO_SUPERUSER_PASSWORD",
        "POSTGRES_PASSWORD",
        "REDIS_PASSWORD",
    }
)
LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)", re.DOTALL)
# From a blank on, where a `#` follows.
NOTE = re.compile(rf"[{re.escape(BLANKS)}]#.*", re.DOTALL)
ESCAPED = re.compile(r'"((?:[^"\\]|\\.)*)"(.*)', re.DOTALL)
# Longer ones may be tokens.
LONGEST_SHOWN = 16


def read_file(
    path: Path, environment: MutableMapping[str, str], free: Collection[str] = FREE
) -> set[str]:
    """Put what the file sets into the environment, unless it is set there already. Returns the names
    whose values are exact, because they stood in quotes.

    Raises ImproperlyConfigured for a file that cannot be read, and for a line that cannot be understood.
    """
    values: dict[str, str] = {}
    exact: set[str] = set()
    for number, line in enumerate(lines_of(path), 1):
        if not line or line.startswith("#"):
            continue
        found = LINE.fullmatch(line)
        if not found:
            raise ImproperlyConfigured(
                f"{path.name}, line {number}: this line must have the form NAME=value. A comment starts with #."
            )
        name, rest = found.groups()
        value, quoted = value_of(name, rest, free)
        if value and values.get(name) and values[name] != value:
            raise ImproperlyConfigured(
                f"{path.name}, line {number}: {name} is set twice with different values. Delete one of them."
            )
        values[name] = value or values.get(name, "")
        exact |= {name} if quoted else set()
    fresh = {name: value for name, value in values.items() if name not in environment}
    environment.update(fresh)
    return exact & fresh.keys()


def lines_of(path: Path) -> list[str]:
    """Return the lines without the blanks before them; none if there is no such file."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be read ({error.strerror}). Make it readable for the user that runs Life Tracker."
        ) from None
    try:
        text = content.decode(encoding_of(content))
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{path} is not UTF-8. Save it as UTF-8.") from None
    return [line.lstrip(BLANKS) for line in re.split(r"\r\n|\n|\r", text)]


def encoding_of(content: bytes) -> str:
    """Return the encoding by the mark at the beginning: editors and shells of Windows write UTF-16 and mark UTF-8."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "utf-16" if is_wide else "utf-8-sig"


def value_of(name: str, rest: str, free: Collection[str]) -> tuple[str, bool]:
    """Return the value that stands behind `NAME=`, and whether it stood in quotes."""
    text = rest.strip(BLANKS)
    if text[:1] in QUOTES:
        return quoted_value(name, text), True
    if text.startswith("#") and text != rest:
        return "", False
    noted = NOTE.search(text)
    if name in free and (noted or text != rest) and text:
        raise ImproperlyConfigured(
            f"{name} has spaces around it, or a # after a space. If they belong to the value, put it in quotes. "
            "If not, delete them and put the comment on its own line."
        )
    return (text[: noted.start()] if noted else text).strip(BLANKS), False


def quoted_value(name: str, text: str) -> str:
    """Return what stands in quotes, with nothing but a note behind them."""
    end = QUOTES[text[0]]
    strict = ESCAPED.fullmatch(text) if text[0] == '"' else None
    if strict:
        inside, behind = strict.groups()
    else:
        inside, _, behind = text[1:].partition(end)
    if behind.strip(BLANKS)[:1] not in {"", "#"} and text[-1] == end:
        # A quote within quotes.
        inside, behind = text[1:-1], ""
    if not closes(text, end) or behind.strip(BLANKS)[:1] not in {"", "#"}:
        raise ImproperlyConfigured(
            f"{name} starts with a quote that is not closed, or has text after the closing quote. Write NAME='value'."
        )
    return re.sub(r"\\([^rnt])", r"\1", inside) if text[0] == '"' else inside


def closes(text: str, end: str) -> bool:
    return end in text[1:]


def understood(name: str, text: str, free: Collection[str] = FREE) -> str:
    """Return the value of a variable that did not come from quotes in `.env`: Docker's `--env-file` and many
    forms keep quotes, blanks, line ends and notes. Raises ValueError."""
    value = text.strip(BLANKS)
    is_quoted = len(value) > 1 and QUOTES.get(value[0]) == value[-1]
    if name in free:
        if is_quoted:
            raise ValueError("the quotes around it would be part of the value; remove them")
        return text if value else ""
    value = (value[1:-1] if is_quoted else NOTE.sub("", value)).strip(BLANKS)
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise ValueError("it contains a line break, a tab or another control character")
    return value


def shown(text: str) -> str:
    """Return the value as a refusal may show it: only one that is too short to be a token."""
    return repr(text) if len(text) <= LONGEST_SHOWN else "the value"


# --- What a variable may hold ---------------------------------------------------------------------


def one_of(*words: str) -> Callable[[str], str]:
    def cast(text: str) -> str:
        if text not in words:
            raise ValueError(f"{shown(text)} is not one of {', '.join(words)}")
        return text

    return cast


def redis_url(text: str) -> str:
    if urlsplit(text).scheme not in {"redis", "rediss"}:  # the text would hold the password
        raise ValueError("it must start with redis:// or rediss://")
    return text


def whole_number(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        raise ValueError(f"{shown(text)} is not a whole number")
    return int(text)


def contact(text: str) -> str:
    """Return an address for a header: of mail, or of a page."""
    if not re.fullmatch(r"[!-'*-~]{3,200}", text):
        raise ValueError("it must be an e-mail address or a web address, without a space")
    return text


def language(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", text):
        raise ValueError(f"{shown(text)} is not a language such as en or de")
    return text


def ntfy_topic(text: str) -> str:
    """Return a topic, which is a secret, so that no refusal shows it."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text):
        raise ValueError("a topic has letters, digits, - and _, at most 64")
    return text


def ntfy_token(text: str) -> str:
    """Return an access token, which travels in a header and is a secret, so that no refusal shows it."""
    if not re.fullmatch(r"[!-~]*", text):
        raise ValueError("a token has plain letters, digits and signs, and no spaces")
    return text


def count(text: str) -> int:
    number = whole_number(text)
    if number < 0:
        raise ValueError(f"{number} is less than 0")
    return number


def hours(text: str) -> int:
    number = whole_number(text)
    if not 0 <= number <= 500:
        raise ValueError(f"{number} is not between 0 and 500 hours")
    return number


def port(text: str) -> int:
    number = whole_number(text)
    if not 1 <= number <= 65_535:
        raise ValueError(f"{number} is not a port between 1 and 65535")
    return number


def texts(text: str) -> list[str]:
    return [part.strip(BLANKS) for part in text.split(",") if part.strip(BLANKS)]


def emails(text: str) -> list[str]:
    found = texts(text)
    for one in found:
        if not re.fullmatch(r"[^\s@]+@[^\s@]+", one):
            raise ValueError(f"{shown(one)} is not an email address such as robin@example.org")
    return found


def email(text: str) -> str:
    """Return one address, such as robin@example.org."""
    found = emails(text)
    if len(found) > 1:
        raise ValueError("it must be one email address")
    address = "".join(found)
    if not address.rpartition("@")[0].isascii():
        raise ValueError(
            f"{shown(address)} has letters before the @ that many mail servers do not take: give an address without them"
        )
    return address


def sender(text: str) -> str:
    """Return an address, with a name before it or without: Life Tracker <tracker@example.org>."""
    if not re.fullmatch(r"[^\s@<>,]+@[^\s@<>,]+|[^<>,@]*<[^\s@<>,]+@[^\s@<>,]+>", text):
        raise ValueError("it is not an email address such as robin@example.org")
    return text


def folder(text: str) -> Path:
    """Return a path in which `~` is the home of the account that runs this program."""
    return Path(text).expanduser()


def base_url(text: str) -> str:
    if re.search(rf"[{re.escape(BLANKS)}]", text):
        raise ValueError("the address contains a space")
    parts = urlsplit(text)
    if parts.username or parts.password:
        raise ValueError("the address must not contain a password")
    if parts.port == 0:
        raise ValueError("port 0 does not exist")
    name = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not (
        re.fullmatch(r"[\w.-]+", name) or is_ipv6(name)
    ):
        raise ValueError("it is not an address such as https://api.example.com")
    return text.rstrip("/")


def is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def optional_url(text: str) -> str:
    return base_url(text) if text else ""


def origin_of(url: str) -> str:
    """Return what a browser calls the origin of an address: scheme, host in small letters, and the port
    unless it is the scheme's own."""
    parts = urlsplit(url)
    usual = f":{ {'http': 80, 'https': 443}[parts.scheme] }"
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}"


def origins(text: str) -> list[str]:
    """Return the origins in a text with commas, each such as https://notes.example.com, and no path."""
    found = [base_url(part.strip()) for part in text.split(",") if part.strip()]
    for url in found:
        if urlsplit(url).path or "?" in url or "#" in url:
            raise ValueError("one of the addresses has a path, but an origin must not have one")
    return [origin_of(url) for url in found]


def trusted_origins(text: str) -> list[str]:
    """Return what `origins` does; `https://*.example.org` stands for all names below."""
    return [
        one.replace("://any-name.", "://*.")
        for one in origins(text.replace("://*.", "://any-name."))
    ]


def hosts(text: str) -> list[str]:
    """Return the hosts in a text with commas, each such as tracker.example.org or [::1], without a scheme."""
    return [host(part.strip()) for part in text.split(",") if part.strip()]


def host(text: str) -> str:
    """Return a name as Django compares it: without a port, which it leaves out of the comparison, and
    IPv6 in brackets."""
    if is_ipv6(text):
        return f"[{text}]"
    found = re.fullmatch(r"(\*|\.?[\w.-]+|\[([0-9A-Fa-f:.]+)\])(:\d{1,5})?", text)
    if not found or (found[2] and not is_ipv6(found[2])):
        raise ValueError(f"{shown(text)} is not a host name such as tracker.example.org")
    return found[1]


def bind_address(text: str) -> str:
    """Return it as gunicorn takes it, IPv6 in brackets."""
    bare = text.removeprefix("[").removesuffix("]")
    try:
        version = ipaddress.ip_address(bare).version
    except ValueError:
        raise ValueError(
            f"{shown(text)} is not an address such as 0.0.0.0, 127.0.0.1 or ::"
        ) from None
    return f"[{bare}]" if version == 6 else bare


def path_prefix(text: str) -> str:
    """Return it without a slash at the end; "/" is none."""
    prefix = text.rstrip("/")
    if prefix and not re.fullmatch(r"(/[\w.~-]+)+", prefix):
        raise ValueError(f"{shown(text)} is not a path such as /tracker")
    return prefix


def sentry_dsn(text: str) -> str:
    parts = urlsplit(text)
    if text and not (parts.scheme in {"http", "https"} and parts.username and parts.hostname):
        raise ValueError("it is not an address such as https://key@sentry.example.org/1")
    return text


def secret_url(text: str) -> str:
    parts = urlsplit(base_url(text))
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError(
            "the address must use https, except for this machine, because tokens are sent to it"
        )
    return base_url(text)


def truth(text: str) -> bool:
    word = text.strip().lower()
    if word not in {"true", "yes", "on", "1", "false", "no", "off", "0"}:
        raise ValueError(f"{shown(text)} is neither true nor false")
    return word in {"true", "yes", "on", "1"}


class Environment(environ.Env):
    """Names the variable whose value cannot be used; an empty value is one that is not set."""

    # Names of variables whose values stood in quotes in `.env`.
    exact: frozenset[str] = frozenset()
    # Names of variables that hold texts in which blanks, quotes and `#` may be meant.
    free: frozenset[str] = FREE

    def read_file(self, path: Path) -> None:
        self.exact |= read_file(path, self.ENVIRON, self.free)

    def forget(self, names: Iterable[str]) -> None:
        """Unset these variables, for the processes that this one starts, too."""
        for name in names:
            self.ENVIRON.pop(name, None)

    def get_value(self, var: str, *args: Any, **options: Any) -> Any:
        try:
            if var in self.ENVIRON and var not in self.exact:
                self.ENVIRON[var] = understood(var, self.ENVIRON[var], self.free)
            if self.ENVIRON.get(var) == "":
                del self.ENVIRON[var]
            text = str(self.ENVIRON.get(var, ""))
            if text.startswith("$"):
                # To the letter: the base would take it for the name of another variable, and a secret
                # for one that is not set.
                return self.parse_value(text, options.get("cast"))
            return super().get_value(var, *args, **options)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{var} has an invalid value ({error}). See .env.example for what it accepts."
            ) from None

    def bool(self, var: str, default: bool) -> bool:
        """Return a yes or no. A word that is neither must not pass for no."""
        return bool(self.get_value(var, cast=truth, default=default))

    def read(self, var: str, cast: Callable[[str], T], default: T) -> T:
        """Return what `cast` makes of the value, such as a port number; the default where none is set."""
        value: T = self.get_value(var, cast=cast, default=default)
        return value

    def read_list(self, var: str, cast: Callable[[str], list[str]]) -> list[str]:
        """Return what `cast` makes of a value with commas; nothing where none is set."""
        return self.read(var, cast, list[str]())
