"""The entry point for gunicorn."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lifetracker.settings")

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def under_path(answer: WSGIApplication, prefix: str) -> WSGIApplication:
    """Take requests from a proxy that leaves the path under which it serves us in the address, and from
    one that takes it away."""

    def answer_below(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == prefix or path.startswith(f"{prefix}/"):
            environ["PATH_INFO"] = path.removeprefix(prefix) or "/"
        return answer(environ, start_response)

    return answer_below if prefix else answer


application = under_path(get_wsgi_application(), settings.PATH_PREFIX)

# All pages at once: before gunicorn forks, so that its processes share them, and not in the first request.
get_resolver().url_patterns  # noqa: B018 - it loads them

# After Django is set up.
from lifetracker.models.redating import on_web_start  # noqa: E402

on_web_start()
