"""How GitHub says no."""

from lifetracker.sandbox.messages import Answer, json_answer

DOCS = "https://docs.github.com/rest"
JSON = {"Content-Type": "application/json; charset=utf-8"}
NO_USER_AGENT = (
    b"Request forbidden by administrative rules. Please make sure your request has a User-Agent "
    b"header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api). "
    b"Check https://developer.github.com for other possible causes.\n"
)


class Refused(Exception):
    """A request that gets this status, with this message in a body of GitHub's form."""

    def __init__(self, status: int, message: str, docs: str = DOCS, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.content = {
            "message": message,
            **more,
            "documentation_url": docs,
            "status": str(status),
        }
        self.headers: dict[str, str] = {}

    def answer(self) -> Answer:
        return json_answer(self.status, self.content, JSON | self.headers)


def not_found(docs: str = DOCS) -> Refused:
    return Refused(404, "Not Found", docs)


def invalid(message: str) -> Refused:
    return Refused(422, "Validation Failed", errors=[{"message": message, "code": "custom"}])
