from lifetracker.metrics.behaviours import DerivedBehaviour, register_behaviours

#: The hour from which on a meal is late.
LATE = 21


def has_late_meal(last_meal: float | None, kcal: float | None) -> bool | None:
    """Return whether the last meal of a complete day was late. On a day of fasting there was none; of a meal whose time
    nobody knows it cannot be told."""
    if last_meal is None:
        return False if kcal == 0 else None
    return last_meal >= LATE


register_behaviours(
    DerivedBehaviour(
        key="nutrition.late_meal",
        label="Late meal",
        from_hour=LATE,
        inputs=("nutrition.last_meal", "nutrition.kcal"),
        holds=has_late_meal,
    )
)
