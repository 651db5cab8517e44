from github_projects.metrics import LATE
from lifetracker.metrics.behaviours import DerivedBehaviour, at_least, register_behaviours

register_behaviours(
    DerivedBehaviour(
        key="github.committed_late",
        label="Late commit",
        from_hour=LATE,
        inputs=("github.late_commits",),
        holds=at_least(1),
    )
)
