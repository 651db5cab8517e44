"""The envelope of every answer: HTTP 200, and what happened in `status`."""

from collections.abc import Mapping

from lifetracker.sandbox.messages import Answer, json_answer

INVALID_TOKEN = 401
UNKNOWN_USER = 247
UNAUTHORIZED = 277
NO_SUBSCRIPTION = 286
BAD_CALLBACK = 293
BAD_COMMENT = 304
BAD_SIGNATURE = 342
NO_NOTIFICATION = 343
INVALID_PARAMS = 503
TOO_MANY = 601
NOT_IMPLEMENTED = 2554

TEXTS = {
    INVALID_TOKEN: "XRequestID: Not provided invalid_token: The access token provided is invalid",
    UNKNOWN_USER: "The userid is either absent or incorrect",
    UNAUTHORIZED: "insufficient_scope: The access token does not open this",
    NO_SUBSCRIPTION: "No such subscription was found",
    BAD_CALLBACK: "Callback URL is either absent or incorrect",
    BAD_COMMENT: "The comment is either absent or incorrect",
    BAD_SIGNATURE: "The signature is invalid",
    NO_NOTIFICATION: "No notification matches",
    INVALID_PARAMS: "Invalid Params",
    TOO_MANY: "Too many request",
    NOT_IMPLEMENTED: "Wrong action or wrong webservice",
}


class Refusal(Exception):
    """A request that gets another status than 0."""

    def __init__(
        self,
        status: int,
        error: str | None = None,
        *,
        body: Mapping[str, object] | None = None,
        bare: bool = False,
    ) -> None:
        super().__init__(status)
        self.answer = failure(status, error, body=body, bare=bare)


def success(body: Mapping[str, object]) -> Answer:
    return json_answer(200, {"status": 0, "body": body})


def failure(
    status: int,
    error: str | None = None,
    *,
    body: Mapping[str, object] | None = None,
    bare: bool = False,
) -> Answer:
    """`bare` leaves out the body, which other errors have, mostly empty."""
    text = error or TEXTS.get(status, "An error occurred")
    content = {"status": status} if bare else {"status": status, "body": body or {}}
    return json_answer(200, {**content, "error": text})
