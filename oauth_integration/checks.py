"""`manage.py check` refuses a source whose consent could not be given in a browser."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from lifetracker.environment import origin_of
from lifetracker.sync.streams import Source, sources
from oauth_integration.client import OAuthClient


@register(Tags.security)
def check_consents(**_: object) -> Iterable[CheckMessage]:
    for source in sources.values():
        client = source.client
        if isinstance(client, type) and issubclass(client, OAuthClient):
            yield from check_consent(source, client)


def check_consent(source: Source, client: type[OAuthClient]) -> Iterable[CheckMessage]:
    if not source.slug == source.declaration.provider == client.provider:
        yield Error(
            f"{source.name} is reached by OAuth and does not declare its provider.",
            hint=f'Declare `provider="{source.slug}"`, and let the client take it from there.',
            obj=source.name,
            id="lifetracker.E036",
        )
    address = client.authorize_url()
    # Without a host, the setting is missing, which another check says.
    if urlsplit(address).netloc and not is_allowed(origin_of(address)):
        yield Error(
            f'{source.name}: no form of our pages may lead to {origin_of(address)}, so "Connect" would do nothing.',
            hint="Declare `consent=ConsentPage(setting=...)` with the setting that holds this address.",
            obj=source.name,
            id="lifetracker.E033",
        )


def is_allowed(origin: str) -> bool:
    """Return whether a browser lets a form of our pages end at this origin."""
    allowed = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"]
    return any(covers(one, origin) for one in allowed)


def covers(allowed: str, origin: str) -> bool:
    """Return whether an entry of a policy, such as `https://*.example.com`, names this origin."""
    scheme, wildcard, domain = allowed.partition("://*.")
    if not wildcard:
        return allowed == origin
    return origin.startswith(f"{scheme}://") and origin.endswith(f".{domain}")
