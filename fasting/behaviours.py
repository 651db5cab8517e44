from lifetracker.metrics.behaviours import DerivedBehaviour, at_least, register_behaviours

register_behaviours(
    DerivedBehaviour(
        key="fasting.fasted_16_hours",
        label="Fasted for 16 hours",
        inputs=("fasting.longest",),
        holds=at_least(16),
    )
)
