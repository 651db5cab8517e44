from lifetracker.metrics.behaviours import DerivedBehaviour, at_least, register_behaviours

register_behaviours(
    DerivedBehaviour(
        key="github.committed_late",
        label="Last commit after 23:00",
        inputs=("github.late_commits",),
        holds=at_least(1),
    )
)
