"""One form for dates and times wherever a page does not choose its own, as the admin does not."""

from lifetracker.models.preferences import preferences


class ByClock(str):
    """A format with 24 hours, which Django, that asks for it as a string each time, gets as the owner chose."""

    def __str__(self) -> str:
        return self.replace("H:i", "g:i A") if preferences().has_twelve_hours else super().__str__()


DATE_FORMAT = "j M Y"
SHORT_DATE_FORMAT = "j M Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = ByClock("j M Y, H:i")
TIME_FORMAT = ByClock("H:i")
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
