"""The authorization endpoint: its checks, the consent page, and the way back."""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lifetracker.sandbox.messages import Answer, Incoming, html_answer, redirect
from lifetracker.sandbox.page import document
from lifetracker.sandbox.whoop.oauth import SCOPES, OAuth

SHORTEST_STATE = 8
REQUEST_FIELDS = ("response_type", "client_id", "redirect_uri", "scope", "state")
DENIED = "The resource owner denied the request."
BAD_SCOPE = (
    "The requested scope is invalid, unknown, or malformed. The OAuth 2.0 Client is not allowed "
    "to request scope '{}'."
)
BAD_RESPONSE_TYPE = "The authorization server does not support obtaining a token using this method."
WEAK_STATE = (
    "The state is missing or does not have enough characters and is therefore considered too "
    "weak. Request parameter 'state' must be at least be 8 characters long to ensure sufficient "
    "entropy."
)
OPENS = {
    "offline": "access while you are away",
    "read:recovery": "your recovery, heart rate and HRV",
    "read:cycles": "your days: strain and energy",
    "read:sleep": "your sleep and naps",
    "read:workout": "your workouts",
    "read:profile": "your name and e-mail address",
    "read:body_measurement": "your height, weight and maximum heart rate",
}


def authorize(oauth: OAuth, incoming: Incoming, action: str) -> Answer:
    """GET shows the page, its form POSTs the request back with the decision."""
    asked = incoming.form() if incoming.method == "POST" else incoming.query
    # Without a known client and address there is nowhere to send an error to.
    if asked.get("client_id") != oauth.client_id:
        return _refusal("This client is not known.")
    if asked.get("redirect_uri") not in oauth.redirect_uris:
        return _refusal("The redirect URI is not one that the client has registered.")
    error = _error(asked)
    if error:
        return _back(asked, error=error[0], error_description=error[1])
    if incoming.method == "POST":
        return _decided(oauth, asked)
    return html_answer(200, _page(asked, action))


def _error(asked: dict[str, str]) -> tuple[str, str] | None:
    for scope in asked.get("scope", "").split():
        if scope not in SCOPES:
            return "invalid_scope", BAD_SCOPE.format(scope)
    if asked.get("response_type") != "code":
        return "unsupported_response_type", BAD_RESPONSE_TYPE
    if len(asked.get("state", "")) < SHORTEST_STATE:
        return "invalid_state", WEAK_STATE
    return None


def _decided(oauth: OAuth, asked: dict[str, str]) -> Answer:
    if asked.get("decision") != "allow":
        return _back(asked, error="access_denied", error_description=DENIED)
    scopes = tuple(asked.get("scope", "").split())
    code = oauth.code(asked["redirect_uri"], scopes)
    return _back(asked, code=code, scope=" ".join(scopes))


def _back(asked: dict[str, str], **answer: str) -> Answer:
    """To the client, with what its redirect URI already carries kept."""
    if "state" in asked:
        answer["state"] = asked["state"]
    parts = urlsplit(asked["redirect_uri"])
    query = [*parse_qsl(parts.query, keep_blank_values=True), *answer.items()]
    return redirect(urlunsplit(parts._replace(query=urlencode(query))))


def _refusal(reason: str) -> Answer:
    return html_answer(
        400,
        document(
            "Request refused",
            f"<h1>This request cannot be answered</h1><p>{escape(reason)}</p>"
            '<p class="dim">WHOOP stand-in of the Life Tracker sandbox</p>',
        ),
    )


def _page(asked: dict[str, str], action: str) -> str:
    scopes = asked.get("scope", "").split()
    wanted = "".join(f"<li>{OPENS[scope]} <code>{scope}</code></li>" for scope in scopes)
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(asked[name])}">'
        for name in REQUEST_FIELDS
        if name in asked
    )
    return document(
        "Connect WHOOP",
        '<p class="dim">WHOOP stand-in of the Life Tracker sandbox</p>'
        "<h1>Let this application see your data?</h1>"
        f"<p>It asks for</p><ul>{wanted}</ul>"
        f'<p class="dim">and returns to <code>{escape(asked["redirect_uri"])}</code></p>'
        f'<form method="post" action="{escape(action)}">{hidden}'
        '<button name="decision" value="deny">Deny</button>'
        '<button class="main" name="decision" value="allow">Allow</button></form>',
    )
