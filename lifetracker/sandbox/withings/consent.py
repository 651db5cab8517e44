"""The authorization endpoint: its checks, the consent page, and the way back."""

from lifetracker.sandbox.messages import Answer, Incoming
from lifetracker.sandbox.permission import back, question, refusal
from lifetracker.sandbox.withings.oauth import OAuth

NAME = "Withings"
REQUEST_FIELDS = ("response_type", "client_id", "redirect_uri", "scope", "state", "mode")
OPENS = {
    "user.info": "your profile, devices and goals",
    "user.metrics": "your weight and everything else that is measured",
    "user.activity": "your activity and workouts",
    "user.sleepevents": "when you go to bed and get up",
}


def authorize(oauth: OAuth, incoming: Incoming, action: str) -> Answer:
    """GET shows the page, its form POSTs the request back with the decision."""
    asked = incoming.form() if incoming.method == "POST" else incoming.query
    if asked.get("client_id") != oauth.client_id:
        return refusal(NAME, "This client is not known.")
    if asked.get("redirect_uri") not in oauth.redirect_uris:
        return refusal(NAME, "The redirect URI is not one that the client has registered.")
    # Only commas separate scopes here: "a b" is one scope, and an unknown one.
    scopes = tuple(asked.get("scope", "").split(","))
    error = _error(asked, scopes)
    if error:
        return back(asked, error=error)
    if incoming.method == "GET":
        wanted = {scope: OPENS[scope] for scope in scopes}
        return question(NAME, asked, wanted, REQUEST_FIELDS, action)
    if asked.get("decision") != "allow":
        return back(asked, error="access_denied")
    return back(asked, code=oauth.code(asked["redirect_uri"], scopes))


def _error(asked: dict[str, str], scopes: tuple[str, ...]) -> str | None:
    if any(scope not in OPENS for scope in scopes):
        return "invalid_scope"
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    return None if asked.get("state") else "invalid_request"
