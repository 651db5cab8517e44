"""What may belong together is looked for after syncs of the services that bring repositories and Toggl projects."""

from __future__ import annotations

from github_projects import source as github
from lifetracker.metrics.proposals import register_search
from projects.models import Suggestion
from time_logs import source as toggl

register_search(Suggestion.objects.find, sources=(github.SOURCE.name, toggl.SOURCE.name))
