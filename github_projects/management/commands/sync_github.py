from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from github_projects.models import GITHUB
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

    def order(self, options: dict[str, Any]) -> Order:
        return replace(super().order(options), only=options["repo"])
