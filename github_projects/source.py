"""GitHub as a source: its settings and its schedule."""

from pathlib import Path

import platformdirs

from lifetracker.environment import count, emails, folder, one_of, secret_url
from lifetracker.sync.declaration import (
    Schedule,
    ServiceAddress,
    Setting,
    SetupStep,
    SourceDeclaration,
)

SOURCE = SourceDeclaration(
    name="GitHub",
    title="GitHub",
    brings="Repositories, commits, lines of code.",
    steps=(
        SetupStep(
            "Create a fine-grained personal access token at GitHub, for all of your repositories.",
            url="https://github.com/settings/personal-access-tokens/new",
        ),
        SetupStep(
            "Give it read access to the repository permission `Contents`; `Metadata` comes with it. Give it read access to the "
            "account permission `Email addresses`, by which your own commits are recognized. It needs no other right."
        ),
    ),
    settings=(
        Setting(
            name="GITHUB_ACCESS_TOKEN",
            meaning="A personal access token.",
            required=True,
            secret=True,
        ),
        Setting(
            name="GITHUB_EMAILS",
            meaning="Addresses under which you commit, separated by commas, beside those that GitHub knows.",
            default=[],
            cast=emails,
        ),
        # What is kept there is fetched again if it is lost.
        Setting(
            name="GITHUB_CACHE_DIR",
            meaning="Where clones are kept. Default: your user's cache directory.",
            default=Path(platformdirs.user_cache_dir("life-tracker")) / "git",
            cast=folder,
            exact=True,
        ),
        Setting(
            name="GITHUB_MAX_REPOSITORY_MB",
            meaning="Repositories that are larger are marked and left out.",
            default=1000,
            cast=count,
        ),
        Setting(
            name="GITHUB_MINUTES_PER_REPOSITORY",
            meaning="Repositories that take longer are marked and left out.",
            default=30,
            cast=count,
        ),
        Setting(
            name="GITHUB_LINE_COUNTER",
            meaning="scc, which is installed with everything else; cloc, if you have it; or git.",
            default="scc",
            cast=one_of("scc", "cloc", "git"),
        ),
        Setting(
            name="GITHUB_WEBHOOK_SECRET",
            meaning="The same as in the webhook's form at GitHub.",
            secret=True,
            exact=True,
        ),
        ServiceAddress(
            name="GITHUB_API_URL",
            meaning="Another address than that of GitHub's API; over http to this machine alone.",
            default="https://api.github.com",
            cast=secret_url,
            stand_in="/github",
        ),
        ServiceAddress(
            name="GITHUB_CLONE_URL",
            meaning="Another address to clone from; over http to this machine alone.",
            default="https://github.com",
            cast=secret_url,
            stand_in="/github/git",
        ),
    ),
    schedule=Schedule(setting="GITHUB_SYNC_HOURS"),
)
