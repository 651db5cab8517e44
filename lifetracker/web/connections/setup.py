"""The way to the first connection of a source: what it declares of itself, and what all sources have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from lifetracker.web.source_status import SourceStatus
from lifetracker.words import joined

SETTINGS = (
    "Write {what} into the file `.env`, or into the variables on the settings page of your platform. "
    "Then start Life Tracker again: settings are read at the start."
)
REDIRECT = "Register this redirect address there, letter by letter."
OVER_HTTPS = " If {title} refuses an address without https, give Life Tracker one of your own with https, and set `{variable}`."
CONSENT = (
    "Come back to this page and choose Connect. {title} asks you for {scopes} and nothing else."
)
BY_ITSELF = (
    "Come back to this page. The worker has begun to read the whole history, or choose Read now."
)


class Copied(NamedTuple):
    """Lines that a person copies. `name`: what they are, for who does not see them."""

    name: str
    lines: list[str]


class Step(NamedTuple):
    """A numbered step. `by_form`: whether the admin's form of connections takes the same values without a restart."""

    text: str
    url: str = ""
    copied: Copied | None = None
    by_form: bool = False

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


def setup_steps(source: SourceStatus) -> list[Step]:
    declared = [Step(step.text, step.url) for step in source.steps]
    return [*declared, *common_steps(source)] if source.steps else []


def common_steps(source: SourceStatus) -> Iterator[Step]:
    """Yield what follows at every source: the redirect address of a consent, the settings, the end."""
    if source.credential:
        yield redirect_step(source)
    what = "the client id and secret" if source.credential else "it"
    lines = [f"{name}=" for name in source.variables]
    yield Step(
        SETTINGS.format(what=what),
        copied=Copied("Lines for .env", lines),
        by_form=source.credential is not None,
    )
    yield Step(consent_words(source.title, source.scopes) if source.credential else BY_ITSELF)


def redirect_step(source: SourceStatus) -> Step:
    """Return the step with the address that the consent will name: both ask the stored connection for it."""
    address = source.redirect_address
    text = REDIRECT
    if address.startswith("http:"):
        variable = f"{source.slug.upper()}_REDIRECT_URI"
        text += OVER_HTTPS.format(title=source.title, variable=variable)
    return Step(text, copied=Copied("Redirect address", [address]))


def consent_words(title: str, scopes: Sequence[str]) -> str:
    return CONSENT.format(title=title, scopes=joined([f"`{scope}`" for scope in scopes]))
