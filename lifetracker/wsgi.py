"""The entry point for gunicorn."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lifetracker.settings")

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def under_path(answer: Application, prefix: str) -> Application:
    """Take requests from a proxy that leaves the path under which it serves us in the address, and from
    one that takes it away."""

    def answer_below(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == prefix or path.startswith(f"{prefix}/"):
            environ["PATH_INFO"] = path.removeprefix(prefix) or "/"
        return answer(environ, start_response)

    return answer_below if prefix else answer


application = under_path(get_wsgi_application(), settings.PATH_PREFIX)

# After Django is set up.
from lifetracker.redating import on_web_start  # noqa: E402

on_web_start()
