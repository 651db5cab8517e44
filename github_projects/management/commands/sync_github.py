from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandError

from github_projects.models import GITHUB, Repository
from lifetracker.management.sync_command import SourceSyncCommand
from lifetracker.sync import Order


class Command(SourceSyncCommand):
    help = "List your repositories at GitHub, and look into those that have changed."
    source_name = GITHUB

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--repo",
            metavar="NAME",
            default="",
            help="Look into this one alone, changed or not: its name, or owner/name.",
        )

        parser.add_argument(
            "--accept-malformed",
            action="store_true",
            help="From now on read the one that --repo names although git's check of its objects fails.",
        )

    def order(self, options: dict[str, Any]) -> Order:
        if options["accept_malformed"]:
            named = Repository.objects.named(options["repo"])
            if not named.update(accept_malformed=True):
                raise CommandError("--accept-malformed needs --repo with the name of a repository.")
        return replace(super().order(options), only=options["repo"])
