"""What a goal comes to, counted day by day as a person would with a calendar: slow, and without a formula."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

DAY = timedelta(days=1)
FAR = 366
CLOSE = 1e-6


class Told(NamedTuple):
    status: str
    slack: int | None
    needed: float | None
    own: float | None
    windows: int
    reached: int


class Life:
    """A goal and the days of its owner. `rules`: begins, target, end, lowest and highest value of a day that counts,
    in the order in which they were made. `values`: of the known days."""

    def __init__(self, **facts: Any) -> None:
        self.kind: str = facts["kind"]
        self.at_least: bool = facts["at_least"]
        self.per: str = facts["per"]
        self.rolling: int = facts["rolling"]
        self.start: date = facts["start"]
        self.start_value: float | None = facts["start_value"]
        self.rules: list[tuple[date, float, date | None, float | None, float | None]]
        self.rules = facts["rules"]
        self.free: set[date] = facts["free"]
        self.weekdays: set[int] = facts["weekdays"]
        self.values: dict[date, float] = facts["values"]
        #: Of the days with a value those that are over, and whose value is only the least that it is.
        self.partly: set[date] = facts["partly"]
        self.today: date = facts["today"]
        self.verified_to: date | None = facts["verified_to"]
        self.side = 1 if self.at_least else -1

    # --- The calendar -----------------------------------------------------------------------------

    def rule(self, day: date) -> tuple[date, float, date | None, float | None, float | None]:
        found = self.rules[0]
        for rule in self.rules:
            if rule[0] <= day:
                found = rule
        return found

    def within(self, day: date) -> bool:
        end = self.rule(day)[2]
        return day >= self.start and (end is None or day <= end)

    def active(self, day: date) -> bool:
        return self.within(day) and day not in self.free and self.asked_on(day)

    def asked_on(self, day: date) -> bool:
        """Return whether the goal is for this day of the week."""
        return not self.weekdays or day.weekday() in self.weekdays

    @cached_property
    def last_day(self) -> date | None:
        """Return the last day within the goal, of those of the next two years."""
        days = [self.start + ahead * DAY for ahead in range(750)]
        within = [day for day in days if self.within(day)]
        if within[-1] == days[-1]:
            return None
        return ([day for day in within if self.asked_on(day)] or [self.start])[-1]

    def period(self, day: date) -> list[date]:
        if self.per == "week":
            first, length = day - day.weekday() * DAY, 7
        elif self.per == "month":
            first, length = day.replace(day=1), monthrange(day.year, day.month)[1]
        elif self.per == "rolling":
            first, length = day - (self.rolling - 1) * DAY, self.rolling
        else:
            first, length = day, 1
        return [first + ahead * DAY for ahead in range(length)]

    # --- The line ---------------------------------------------------------------------------------

    def line(self, day: date) -> float:
        if self.kind == "mean":
            return self.rule(day)[1]
        if self.kind == "reach":
            return self.way(day)
        total = 0.0
        days = self.period(day)
        for one in days:
            if one <= day and self.active(one):
                total += self.rule(one)[1] / len(days)
        return float(int(total + CLOSE)) if self.kind == "days" else total

    def way(self, day: date) -> float:
        value = self.start_value or 0.0
        one = self.start + DAY
        while one <= day:
            _, target, end, _, _ = self.rule(one)
            assert end
            if one >= end:
                value = target
            elif one not in self.free:
                value += (target - value) / ((end - one).days + 1)
            one += DAY
        return value

    # --- What the days add ------------------------------------------------------------------------

    def adds(self, day: date, rule_of: date) -> float | None:
        if day not in self.values:
            return None
        value = self.values[day]
        if self.kind == "mean" and day in self.partly:
            return None
        if self.kind != "days":
            return value
        _, _, _, low, high = self.rule(rule_of)
        is_sure = high is None or value > high
        if day in self.partly and (
            not is_sure or (high is None and low is not None and value < low)
        ):
            return None
        return float((low is None or value >= low) and (high is None or value <= high))

    def counts(self, day: date) -> float | None:
        helps = self.kind in {"total", "days"} and self.at_least
        if self.kind == "reach" or (self.within(day) if helps else self.active(day)):
            return self.adds(day, day)
        return None

    def sum_of(self, days: list[date], until: date) -> float:
        return sum(self.counts(day) or 0.0 for day in days if day <= until)

    def newest(self, today: date) -> float | None:
        for back in range(29):
            if today - back * DAY in self.values:
                return self.values[today - back * DAY]
        return None

    def usual_rate(self, today: date) -> float | None:
        before = [today - back * DAY for back in range(1, 29)]
        added = [self.adds(day, today) for day in before if self.asked_on(day)]
        known = [one for one in added if one is not None]
        return sum(known) / len(known) if known else None

    # --- What there is in hand --------------------------------------------------------------------

    def better(self, today: date, day: date, rate: float | None = None) -> float:
        """Return by how much the goal is kept at the end of a day, with nothing done after today or, with a rate,
        with that on each day that counts."""
        if self.kind == "reach":
            return self.side * ((self.newest(today) or 0.0) - self.line(day))
        days = self.period(day)
        ahead = sum(self.active(one) for one in days if today < one <= day) if rate else 0
        if self.kind == "mean":
            known = [one for one in days if one <= today and self.counts(one) is not None]
            kept = sum(self.side * ((self.counts(one) or 0.0) - self.rule(one)[1]) for one in known)
            return kept + ahead * self.side * ((rate or 0.0) - self.rule(today)[1])
        have = self.sum_of(days, today) + ahead * (rate or 0.0)
        line = self.line(day)
        if not self.at_least and self.per != "rolling":
            line = self.line(days[-1])
        return self.side * (have - line)

    def steady(self) -> bool:
        return self.kind == "mean" or (self.kind in {"total", "days"} and not self.at_least)

    def nothing_known(self, today: date) -> bool:
        """Return whether it is a mean of no day."""
        return self.kind == "mean" and not any(
            self.counts(one) is not None for one in self.period(today) if one <= today
        )

    def slack(self, today: date) -> int | None:
        if self.nothing_known(today):
            return None
        if self.better(today, today) < -CLOSE:
            return -1
        if self.steady():
            return self.steady_slack(today)
        last = self.last_day
        for ahead in range(1, FAR + 1):
            day = today + ahead * DAY
            if last and day > last:
                return ahead - 1
            if self.better(today, day) < -CLOSE:
                return ahead - 1
        return FAR

    def steady_slack(self, today: date) -> int | None:
        rate = self.usual_rate(today)
        if rate is None:
            return None
        in_hand = self.better(today, today)
        for ahead in range(1, FAR + 1):
            if self.per == "rolling":
                left = self.better(today, today + ahead * DAY, rate or 1e-12)
            else:
                in_hand += self.side * (rate - (self.rule(today)[1] if self.kind == "mean" else 0))
                left = in_hand
            if left < -CLOSE:
                return ahead - 1
        return FAR

    def done(self, today: date) -> bool:
        """Return whether nothing can change that the goal is reached."""
        if self.kind == "reach":
            return self.side * ((self.newest(today) or 0.0) - self.rule(today)[1]) >= -CLOSE
        if self.steady() or self.per == "rolling":
            return False
        last = self.period(today)[-1]
        return self.line(last) > CLOSE and self.better(today, last) >= -CLOSE

    def behind(self, today: date) -> bool:
        yesterday = today - DAY
        if self.kind == "reach":
            return today > self.start and self.better(today, yesterday) < -CLOSE
        if self.kind == "mean":
            days = self.period(today)
            known = [one for one in days if one < today and self.counts(one) is not None]
            return (
                sum(self.side * ((self.counts(one) or 0.0) - self.rule(one)[1]) for one in known)
                < -CLOSE
            )
        if not self.at_least:
            return True
        if self.per != "rolling" and yesterday not in self.period(today):
            return False
        had = self.sum_of(self.period(yesterday), yesterday) + (self.counts(today) or 0.0)
        return had < self.line(yesterday) - CLOSE

    # --- All of it --------------------------------------------------------------------------------

    def told(self) -> Told:
        last = self.last_day
        is_over = last is not None and last < self.today
        today = last if last is not None and is_over else self.today
        if self.kind == "reach" and self.newest(today) is None:
            return Told("unknown", None, None, None, 0, 0)
        if self.kind != "reach" and not any(self.active(one) for one in self.period(today)):
            return Told("free", None, None, None, 0, 0)
        status = self.final(today) if is_over else self.status(today)
        sure = (status == "reached" and self.done(today)) or (
            status == "behind" and self.kind in {"total", "days"} and not self.at_least
        )
        if is_over and status == "reached" and self.kind in {"total", "days"} and self.at_least:
            sure = self.per != "rolling" and self.line(self.period(today)[-1]) > CLOSE
        if self.kind == "reach":
            sure = False
        if not sure and self.verified_to is not None and self.verified_to < today:
            return Told("unknown", None, None, None, 0, 0)
        if is_over:
            return Told(status, None, None, None, 0, 0)
        return Told(status, self.slack(today), *self.pace(today))

    def final(self, today: date) -> str:
        if self.nothing_known(today):
            return "unknown"
        if self.kind == "reach":
            good = self.done(today)
        elif self.kind == "mean":
            good = self.better(today, today) >= -CLOSE
        else:
            good = (
                self.better(today, today if self.per == "rolling" else self.period(today)[-1])
                >= -CLOSE
            )
        gaps = self.kind in {"total", "days"} and any(
            self.active(one)
            and (self.counts(one) is None or (self.kind == "total" and one in self.partly))
            for one in self.period(today)
            if one <= today
        )
        passed = not self.at_least and not good
        if gaps and not self.done(today) and not passed:
            return "unknown"
        return "reached" if good else "behind"

    def status(self, today: date) -> str:
        if self.nothing_known(today):
            return "unknown"
        if self.done(today):
            return "reached"
        slack = self.slack(today)
        if slack is None:
            return "on_track"
        if slack == -1:
            return "behind" if self.behind(today) else "due"
        return "ahead" if slack >= 7 else "on_track" if slack >= 1 else "due"

    def pace(self, today: date) -> tuple[float | None, float | None, int, int]:
        days = self.days_left(today)
        left = sum(self.active(day) for day in days)
        if not left:
            return None, None, 0, 0
        needed = self.needed(today, days) / left
        rates = [rate for back in range(26) if (rate := self.window(today, days, back)) is not None]
        reached = sum(self.side * (rate - needed) >= -CLOSE for rate in rates)
        return needed, sum(rates) / len(rates) if rates else None, len(rates), reached

    def days_left(self, today: date) -> list[date]:
        """Return the days that can still change the period: today too, where it is not known."""
        if self.kind == "reach":
            end = self.rule(today)[2] or today
            return [today + ahead * DAY for ahead in range(1, (end - today).days + 1)]
        first = today if self.counts(today) is None else today + DAY
        last_day = self.last_day
        last = self.period(today)[-1]
        if self.per == "rolling":
            last = today + (self.rolling - 1) * DAY
            last = min(last, last_day) if last_day else last
        return [first + ahead * DAY for ahead in range((last - first).days + 1)]

    def needed(self, today: date, days: list[date]) -> float:
        if self.kind == "reach":
            return self.rule(today)[1] - (self.newest(today) or 0.0)
        period = self.period(days[-1])
        if self.kind == "mean":
            known = [one for one in period if one <= today and self.counts(one) is not None]
            asked = [
                self.rule(day)[1] for day in [*known, *(day for day in days if self.active(day))]
            ]
            return sum(asked) - sum(self.counts(one) or 0.0 for one in known)
        needed = self.line(days[-1]) - self.sum_of(period, today)
        return max(needed, 0.0) if self.at_least else needed

    def window(self, today: date, days: list[date], back: int) -> float | None:
        """Return what the same days came to in an earlier week, per day."""
        length = min(len(days), 91)
        weeks = back
        while True:
            weeks += 1
            first = days[0] - weeks * 7 * DAY
            if first + (length - 1 + back * 7) * DAY < days[0]:
                break
        window = [first + ahead * DAY for ahead in range(length)]
        if self.kind == "reach":
            ends = [self.between(one) for one in (window[0] - DAY, window[-1])]
            return None if None in ends else (ends[1] - ends[0]) / length  # type: ignore[operator]
        known = [one for day in window if (one := self.adds(day, today)) is not None]
        enough = len(known) * 2 >= length if self.kind == "mean" else len(known) == length
        return sum(known) / len(known) if known and enough else None

    def between(self, day: date) -> float | None:
        """Return the value of a day, on the straight line between its known neighbours."""
        before, after = day, day
        first, last = min(self.values), max(self.values)
        while before not in self.values:
            before -= DAY
            if before < first:
                return None
        while after not in self.values:
            after += DAY
            if after > last:
                return None
        if before == after:
            return self.values[day]
        share = (day - before) / (after - before)
        return self.values[before] + share * (self.values[after] - self.values[before])
