from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandError

from github_projects.models import GITHUB, Repository
from lifetracker.management.sync_command import SourceSyncCommand
from lifetracker.sync.plans import SyncRequest


class Command(SourceSyncCommand):
    help = "Read the list of your GitHub repositories, and analyze those that have changed."
    source_name = GITHUB

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--repo",
            metavar="NAME",
            default="",
            help="Analyze this repository alone, changed or not: its name, or owner/name.",
        )

        parser.add_argument(
            "--accept-malformed",
            action="store_true",
            help="Read the repository of --repo although git's check of its objects fails, now and in the future.",
        )

    def order(self, options: dict[str, Any]) -> SyncRequest:
        if options["accept_malformed"]:
            found = Repository.objects.with_name(options["repo"])
            if not found.update(accept_malformed=True):
                raise CommandError("--accept-malformed needs --repo with the name of a repository.")
        return replace(super().order(options), only=options["repo"])
