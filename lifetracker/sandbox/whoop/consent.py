"""The authorization endpoint: its checks, the consent page, and the way back."""

from lifetracker.sandbox.messages import Answer, Incoming
from lifetracker.sandbox.permission import back, question, refusal
from lifetracker.sandbox.whoop.oauth import SCOPES, OAuth

NAME = "WHOOP"
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
    if asked.get("client_id") != oauth.client_id:
        return refusal(NAME, "This client is not known.")
    if asked.get("redirect_uri") not in oauth.redirect_uris:
        return refusal(NAME, "The redirect URI is not one that the client has registered.")
    error = _error(asked)
    if error:
        return back(asked, error=error[0], error_description=error[1])
    if incoming.method == "POST":
        return _decided(oauth, asked)
    wanted = {scope: OPENS[scope] for scope in asked.get("scope", "").split()}
    return question(NAME, asked, wanted, REQUEST_FIELDS, action)


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
        return back(asked, error="access_denied", error_description=DENIED)
    scopes = tuple(one for one in asked.get("scope", "").split() if one not in oauth.withheld)
    code = oauth.code(asked["redirect_uri"], scopes)
    return back(asked, code=code, scope=" ".join(scopes))
