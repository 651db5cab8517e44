"""Reads settings as they were meant: `.env`, and single values with blanks, quotes or a note around
them. What can be meant in two ways is refused by the name of its variable, never by its value, which
may be a secret."""

from __future__ import annotations

import codecs
import re
import string
from collections.abc import MutableMapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# What no screen shows: all kinds of blanks, marks of the byte order, signs without a width.
BLANKS = (
    string.whitespace
    + "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    + "\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff"
)
# By the first of a pair, the second; word processors write the curly ones.
QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019", "\u201e": "\u201c"}
# Texts in which blanks, quotes and `#` may be meant.
FREE = frozenset(
    {
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "BACKUP_PASSPHRASE",
        "DJANGO_SUPERUSER_PASSWORD",
        "GITHUB_WEBHOOK_SECRET",
        "GITHUB_CACHE_DIR",
        "POSTGRES_PASSWORD",
    }
)
LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)", re.DOTALL)
# From a blank on, where a `#` follows.
NOTE = re.compile(rf"[{re.escape(BLANKS)}]#.*", re.DOTALL)
ESCAPED = re.compile(r'"((?:[^"\\]|\\.)*)"(.*)', re.DOTALL)
# Longer ones may be tokens.
LONGEST_SHOWN = 16


def read_file(path: Path, environment: MutableMapping[str, str]) -> set[str]:
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
                f"{path.name}, line {number}: it does not have the form NAME=value. A note begins with #."
            )
        name, rest = found.groups()
        value, quoted = value_of(name, rest)
        if value and values.get(name) and values[name] != value:
            raise ImproperlyConfigured(
                f"{path.name}, line {number}: {name} stands there twice with different values. Delete one of them."
            )
        values[name] = value or values.get(name, "")
        exact |= {name} if quoted else set()
    fresh = {name: value for name, value in values.items() if name not in environment}
    environment.update(fresh)
    return exact & fresh.keys()


def lines_of(path: Path) -> list[str]:
    """Without the blanks before them; none if there is no such file."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be read ({error.strerror}). Make it readable for the account that runs this program."
        ) from None
    try:
        text = content.decode(encoding_of(content))
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{path} is not UTF-8. Save it anew as UTF-8.") from None
    return [line.lstrip(BLANKS) for line in re.split(r"\r\n|\n|\r", text)]


def encoding_of(content: bytes) -> str:
    """By the mark at the beginning: editors and shells of Windows write UTF-16 and mark UTF-8."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "utf-16" if is_wide else "utf-8-sig"


def value_of(name: str, rest: str) -> tuple[str, bool]:
    """The value that stands behind `NAME=`, and whether it stood in quotes."""
    text = rest.strip(BLANKS)
    if text[:1] in QUOTES:
        return quoted_value(name, text), True
    if text.startswith("#") and text != rest:
        return "", False
    noted = NOTE.search(text)
    if name in FREE and (noted or text != rest) and text:
        raise ImproperlyConfigured(
            f"{name} has blanks around it, or a # behind a blank. If they belong to the value, write it in quotes. "
            "If not, delete them; a note goes on a line of its own."
        )
    return (text[: noted.start()] if noted else text).strip(BLANKS), False


def quoted_value(name: str, text: str) -> str:
    """What stands in quotes, with nothing but a note behind them."""
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
            f"{name} begins with a quote that is not closed, or has something behind the closing one. Write NAME='value'."
        )
    return re.sub(r"\\([^rnt])", r"\1", inside) if text[0] == '"' else inside


def closes(text: str, end: str) -> bool:
    return end in text[1:]


def understood(name: str, text: str) -> str:
    """The value of a variable that did not come from quotes in `.env`: Docker's `--env-file` and many
    forms keep quotes, blanks, line ends and notes. Raises ValueError."""
    value = text.strip(BLANKS)
    is_quoted = len(value) > 1 and QUOTES.get(value[0]) == value[-1]
    if name in FREE:
        if is_quoted:
            raise ValueError("it stands in quotes, which would be a part of it; write it without")
        return text if value else ""
    value = (value[1:-1] if is_quoted else NOTE.sub("", value)).strip(BLANKS)
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise ValueError("there is a line end, a tab or another control character in it")
    return value


def shown(text: str) -> str:
    """A value in a refusal: only one that is too short to be a token."""
    return repr(text) if len(text) <= LONGEST_SHOWN else "what stands there"
