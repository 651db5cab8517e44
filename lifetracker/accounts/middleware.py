"""What every request passes for the sake of accounts."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from lifetracker.accounts import confirmation, events, sessions
from lifetracker.accounts.addresses import client_address
from lifetracker.accounts.guessing import TooManyLogins, come_later
from lifetracker.models.revisions import changed_by


class Accounts:
    """Lets the log of events know by whom and from where, notes where somebody is logged in, and asks for
    a confirmation where a view wants one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with (
            events.answering(request, client_address) as caller,
            changed_by(name=lambda: caller.name),
        ):
            response = self.get_response(request)
            # Who shows a token needs no session, and gets none here.
            if request.session.accessed and SESSION_KEY in request.session:
                sessions.note(request)
            return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        if not confirmation.is_wanted(request, view):
            return None
        try:
            return confirmation.answer(request, view)
        except TooManyLogins:  # Django hands on only what views raise
            return come_later(request)
