"""Sessions in the database, as Django has them, each read together with what its owner chose to be shown: every page
needs both, and one statement brings them."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.utils import timezone

from lifetracker.models.preferences import as_json, hold


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        """Return the row of this session; None where there is none, or it has ended."""
        try:
            found = with_preferences().get(
                session_key=self.session_key, expire_date__gt=timezone.now()
            )
        except (Session.DoesNotExist, SuspiciousOperation):
            self._session_key = None
            return None
        hold(found.chosen)
        session: Session = found
        return session


@cache
def with_preferences() -> QuerySet[Any]:
    """Return all sessions, each with what its owner chose as `chosen`: put together once, which takes longer than the
    question itself."""
    return Session.objects.annotate(chosen=as_json())
