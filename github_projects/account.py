"""Whose commits these are: the account of the token, and the addresses that stand for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from github_projects.models import NOREPLY, Commit, GitHubAccount, Repository
from lifetracker.days import local_date
from lifetracker.errors import BadResponse, NotAllowed

if TYPE_CHECKING:
    from github_projects.services.github_client import GitHubClient
    from lifetracker.sync.job import SyncJob

WARN_BEFORE_EXPIRY = timedelta(days=7)


def update_account(job: SyncJob[GitHubClient]) -> None:
    """Store the account, let `mine` follow its addresses, and warn of a token that expires soon."""
    client = job.client
    if not client.login:
        # The list of repositories could not be read, which its stream reports.
        return
    account = GitHubAccount.current()
    known = addresses(job, account)
    emails = sorted({*known, *settings.GITHUB_EMAILS}, key=str.lower)
    with transaction.atomic():
        job.lease.renew()
        changed = job.request.full or (account.emails, account.user_id) != (emails, client.user_id)
        account.known_emails = sorted(known, key=str.lower)
        if changed and Commit.objects.mark_mine(emails, client.user_id):
            Repository.objects.recount()
        account.login, account.user_id, account.emails = client.login, client.user_id, emails
        account.token_expires_at = client.token_expires_at
        account.save()
    warn_of_expiry(job, account)


def warn_of_expiry(job: SyncJob[GitHubClient], account: GitHubAccount) -> None:
    """Add a remark to the run if the token expires within a week."""
    expires = account.token_expires_at
    if expires and expires - timezone.now() < WARN_BEFORE_EXPIRY:
        job.remarks.append(
            f"The token expires on {local_date(expires)}. Make a new one and put it into .env as GITHUB_ACCESS_TOKEN."
        )


def addresses(job: SyncJob[GitHubClient], account: GitHubAccount) -> set[str]:
    """Return the addresses of the account and those that stand for it, under a former login too.

    Where GitHub does not give them any more, these are the ones that were known.
    """
    client = job.client
    known = {str(email) for email in account.known_emails or account.emails}
    hidden = {email for email in known if email.endswith(NOREPLY)} | {*client.hidden_emails()}
    try:
        return {*client.emails(), *hidden}
    except BadResponse as error:
        if known - hidden or not isinstance(error, NotAllowed):
            job.remarks.append(
                f"Your e-mail addresses could not be read from GitHub; the known ones are used: {error}"
            )
        return known | hidden
