"""What the consent pages of all services share: their look, their form, and the way back."""

from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lifetracker.sandbox.messages import Answer, html_answer, redirect
from lifetracker.sandbox.page import document


def back(asked: Mapping[str, str], **answer: str) -> Answer:
    """To the client, with what its redirect URI already carries kept."""
    if "state" in asked:
        answer["state"] = asked["state"]
    parts = urlsplit(asked["redirect_uri"])
    query = [*parse_qsl(parts.query, keep_blank_values=True), *answer.items()]
    return redirect(urlunsplit(parts._replace(query=urlencode(query))))


def refusal(service: str, reason: str) -> Answer:
    """For a request whose sender is unknown, so that there is nowhere to send an error to."""
    return html_answer(
        400,
        document(
            "Request refused",
            f"<h1>This request cannot be answered</h1><p>{escape(reason)}</p>" + _footnote(service),
        ),
    )


def question(
    service: str,
    asked: Mapping[str, str],
    wanted: Mapping[str, str],
    fields: Iterable[str],
    action: str,
) -> Answer:
    """Return the page with its two buttons; `wanted` says of each scope what it opens.

    The form posts these `fields` of the request again, with the decision, to `action`.
    """
    items = "".join(f"<li>{opens} <code>{scope}</code></li>" for scope, opens in wanted.items())
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(asked[name])}">'
        for name in fields
        if name in asked
    )
    content = (
        f"{_footnote(service)}<h1>Allow this application to read your data?</h1>"
        f"<p>It asks for:</p><ul>{items}</ul>"
        f'<p class="dim">You will return to <code>{escape(asked["redirect_uri"])}</code></p>'
        f'<form method="post" action="{escape(action)}">{hidden}'
        '<button name="decision" value="deny">Deny</button>'
        '<button class="main" name="decision" value="allow">Allow</button></form>'
    )
    return html_answer(200, document(f"Connect {service}", content))


def _footnote(service: str) -> str:
    return f'<p class="dim">{escape(service)} stand-in in the Life Tracker sandbox</p>'
