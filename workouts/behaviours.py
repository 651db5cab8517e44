from lifetracker.metrics.behaviours import DerivedBehaviour, at_least, register_behaviours

register_behaviours(
    DerivedBehaviour(
        key="workouts.trained", label="Trained", inputs=("workouts.count",), holds=at_least(1)
    )
)
