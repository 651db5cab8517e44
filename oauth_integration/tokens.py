"""The stored tokens of a service, which one process at a time may change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic, sleep

from django.utils import timezone

from lifetracker.errors import NeedsReauthorization, TryLater
from lifetracker.models import Lease
from lifetracker.sync.http import HttpClient
from oauth_integration import errors
from oauth_integration.models import OAuthCredential
from oauth_integration.service import OAuthService
from oauth_integration.token_endpoint import TokenAnswer, TokenEndpoint

# Longer than any silence of a process that is alive: it renews the lease once connected, and whenever the
# answer keeps it waiting.
REFRESH_LEASE = timedelta(seconds=40)
# How long somebody who waits for a page or an answer waits for another process to finish a refresh.
LONGEST_WAIT_IN_A_REQUEST = timedelta(seconds=10)
# Seconds between two tries to get the lease.
POLL_INTERVAL = 0.05


class Tokens:
    """Gives out an access token that works, and refreshes the stored pair under a lease.

    However many processes ask at once, one of them refreshes and the others get what it stored.
    """

    def __init__(self, service: OAuthService, http: HttpClient) -> None:
        self._service = type(service)
        #: The client for data: its number of attempts says whether somebody waits for the answer.
        self._data_http = http
        self.endpoint = TokenEndpoint(service)
        self.credential = OAuthCredential.objects.of(service.provider)

    def close(self) -> None:
        self.endpoint.http.close()

    def access_token(self, rejected: str | None = None) -> str:
        """Return the stored token, or a new one if it ends soon or is the one that was `rejected`."""
        if not self.credential.has_fresh_token(rejected):
            self.require_consent()
            with self._locked(until=lambda: self.credential.has_fresh_token(rejected)):
                if not self.credential.has_fresh_token(rejected):
                    self.refresh()
        return str(self.credential.access_token)

    def refresh(self) -> None:
        """Spend the refresh token on a new pair. Only under the lease that `access_token` takes."""
        self.require_consent()
        self._require_refresh_token()
        try:
            answer, spent = self._redeem()
        except NeedsReauthorization:
            self.credential.mark_for_reauthorization(failed=self.credential.refresh_token)
            raise
        self._store(answer, previous=spent if self._service.keeps_previous else "")

    def redeem_code(self, code: str) -> None:
        """Trade the code of a consent for tokens and store them. Raises SyncError."""
        # Not while a refresh is on its way: its answer would overwrite the new consent.
        with self._locked():
            answer = self.endpoint.redeem_code(self.credential, code)
            self._refuse_another_account(answer.account)
            self._store(answer)

    def forget(self) -> None:
        """Delete the tokens here."""
        with self._locked():
            self.credential.forget_tokens()

    def require_consent(self) -> None:
        """Raise NotConfigured or NeedsReauthorization where no token can be had."""
        problem = errors.consent_problem(self._service, self.credential)
        if not self.credential.is_unreadable:
            for name in ("client_id", "client_secret"):
                errors.usable_setting(self._service, self.credential, name)
        if problem:
            raise NeedsReauthorization(problem)

    def _require_refresh_token(self) -> None:
        token = self.credential.refresh_token
        if not token:
            raise errors.no_refresh_token(self._service)
        if not re.fullmatch(r"[!-~]+", token):
            raise errors.malformed_refresh_token(self._service)

    def _redeem(self) -> tuple[TokenAnswer, str]:
        """Return the new pair and the refresh token that it was bought with."""
        spent = self.credential.refresh_token
        # The one before it may be the one that the service knows.
        previous = self.credential.previous_refresh_token if self._service.keeps_previous else ""
        try:
            return self.endpoint.redeem_refresh_token(self.credential, spent), spent
        except NeedsReauthorization:
            if not previous:
                raise
            return self.endpoint.redeem_refresh_token(self.credential, previous), previous

    def _refuse_another_account(self, account: str) -> None:
        """Raise NeedsReauthorization: in one history, one person's records would displace the other's."""
        known = self.credential.account
        if known and account and account != known:
            raise errors.another_account(self._service)

    def _store(self, answer: TokenAnswer, previous: str = "") -> None:
        self.credential.update_tokens(
            access_token=answer.access_token,
            refresh_token=answer.refresh_token or self.credential.refresh_token,
            expires_at=timezone.now() + answer.lifetime,
            scopes=answer.scopes,
            previous_refresh_token=previous,
            account=answer.account,
        )

    @contextmanager
    def _locked(self, until: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Hold the sole right to change the tokens, with the stored ones read again.

        While another process has it, wait until `until` holds, which makes the right needless.

        Raises TryLater if the other process keeps it for longer than a dead one could, or, where
        somebody waits for the answer, for longer than `LONGEST_WAIT_IN_A_REQUEST`.
        """
        name, end = f"refresh:{self._service.provider}", monotonic() + self._longest_wait()
        while (lease := Lease.objects.acquire(name, REFRESH_LEASE)) is None:
            if monotonic() > end:
                raise TryLater(
                    f"{self._service.service}: another process is refreshing the token and does not finish. Try again in a minute.",
                    after=REFRESH_LEASE,
                )
            sleep(POLL_INTERVAL)
            self._reload()
            if until():
                yield
                return
        # A service that asks to wait must not cost the lease.
        self.endpoint.http.on_wait = lambda _seconds: lease.renew()
        with lease:
            self._reload()
            yield

    def _longest_wait(self) -> float:
        somebody_waits = self._data_http.attempts == 1
        longest = (
            LONGEST_WAIT_IN_A_REQUEST if somebody_waits else REFRESH_LEASE + timedelta(seconds=5)
        )
        return longest.total_seconds()

    def _reload(self) -> None:
        self.credential = OAuthCredential.objects.of(self._service.provider)
