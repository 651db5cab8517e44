"""What WHOOP offers, and which column each value goes to. Facts: WHOOP's API reference, v2."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from http import HTTPStatus
from typing import Any

from lifetracker.days import ONE_DAY, local_date, offset_minutes
from lifetracker.errors import BadResponse, NeedsReauthorization, NotAllowed
from lifetracker.models import SourceRecord
from lifetracker.sync.lossless import Json
from lifetracker.sync.mapping import (
    Convert,
    Item,
    PathValue,
    Unmappable,
    above_zero,
    from_zero,
    getter,
)
from lifetracker.sync.measures import is_filler
from lifetracker.sync.streams import (
    Between,
    Extent,
    FileSource,
    Related,
    Source,
    Stream,
    register_file_source,
    register_source,
    token,
)
from whoop.models import (
    WHOOP_EXPORT,
    ScoreState,
    WhoopCycle,
    WhoopProfile,
    WhoopRecovery,
    WhoopSleep,
    kilocalories,
    member,
)
from whoop.same_facts import hide_exported
from whoop.services.whoop_client import BODY_PATH, WhoopAPIClient
from whoop.source import SOURCE
from whoop.sports import SLUGS
from workouts.models import Workout


def scored(item: Item) -> Item:
    """Return the item without a score unless WHOOP calls it SCORED: in any other state, known or not,
    there is none. Raises Unmappable."""
    state = item["score_state"]
    if not isinstance(state, str):
        raise Unmappable(f"score_state: {state!r} is not text")
    if state != ScoreState.SCORED:
        return {**item, "score": None}
    if not item.get("score"):
        raise Unmappable("score: missing, although score_state is SCORED")
    return item


# --- Conversions ----------------------------------------------------------------------------------


def in_minutes(milli: float) -> float:
    return round(milli / 60_000, 3)


def minutes(path: str) -> PathValue:
    return from_zero(path, in_minutes)


time_in_bed = getter("score.stage_summary?.total_in_bed_time_milli?")


def with_stages(item: Item) -> Item:
    """Return a sleep without stages where it has no minute in bed: their zeros were not measured."""
    item = scored(item)
    if not is_filler(time_in_bed(item)):
        return item
    return {**item, "score": {**item["score"], "stage_summary": None}}


def percentage(value: float) -> float:
    """Return `percent_recorded` as 0 to 100, which is documented, while 0 to 1 is sent: nothing that was
    recorded for 1 % or less gets a score."""
    return value * 100 if value <= 1 else value


def hours_asleep(item: Item) -> float | None:
    """Add up light, slow wave and REM sleep, for whose sum WHOOP has no field."""
    stages = item["score"] and item["score"]["stage_summary"]
    if stages is None:
        return None
    parts = [
        stages[f"total_{name}_time_milli"]
        for name in ("light_sleep", "slow_wave_sleep", "rem_sleep")
    ]
    return None if {None, -1} & {*parts} else round(sum(parts) / 3_600_000, 4)


def instant(item: Item, key: str) -> datetime:
    return datetime.fromisoformat(item[key])


def date_there(moment: datetime, item: Item) -> date:
    """Return the date by the offset that the record itself carries."""
    return local_date(moment, offset_minutes(item["timezone_offset"]))


def waking_date(item: Item) -> date:
    return date_there(instant(item, "end"), item)


def starting_date(item: Item) -> date:
    return date_there(instant(item, "start"), item)


def middle_date(item: Item) -> date:
    """Return the date of the middle of a cycle. One that is still running is taken to last a day, so that
    its date does not change when it ends."""
    start = instant(item, "start")
    end = instant(item, "end") if item.get("end") else start + ONE_DAY
    return date_there(start + (end - start) / 2, item)


def recovery_date(item: Item) -> date | str:
    """Return the waking date of the recovery's sleep. A recovery has no time of its own; where its sleep is
    not stored, the moment at which WHOOP made it, soon after waking, must do."""
    sleep: Mapping[str, date | str] | None = item.get("sleep")
    return sleep["date"] if sleep else local_date(instant(item, "created_at"))


def sport_slug(item: Item) -> str:
    """Return `sport_name`, else the name for the id that older answers carry instead. WHOOP may add
    sports."""
    sport_id = item.get("sport_id")
    if slug := item.get("sport_name"):
        return str(slug)
    if sport_id is None:
        raise Unmappable("sport_name: missing, and so is sport_id")
    return SLUGS.get(sport_id) or f"sport-{sport_id}"


def duration_min(item: Item) -> float:
    return round((instant(item, "end") - instant(item, "start")).total_seconds() / 60, 3)


class SingleMemberClient(WhoopAPIClient):
    """Refuses another member's records: a history of two members belongs to nobody, and the records of one
    would hide those of the other."""

    @cached_property
    def _member(self) -> int | None:
        return member()

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        answer: Json = super().get(path, params)
        records = answer.get("records") if isinstance(answer, dict) else None
        for record in records if isinstance(records, list) else []:
            self.refuse_another_member(record)
        return answer

    def refuse_another_member(self, record: Json) -> None:
        """Raise NeedsReauthorization for a record that names another member. It need not name one."""
        found = record.get("user_id") if isinstance(record, dict) else None
        if self._member is not None and type(found) is int and found != self._member:
            raise NeedsReauthorization(
                "WHOOP: the connected account is not the member whose records are stored here. "
                "Connect that member's account, or use a new database."
            )


def profile_and_body(
    client: SingleMemberClient, stream: Stream, extent: Extent
) -> Iterator[list[Json]]:
    """Yield one item made of two answers about the member. Body measures that are not there (404), or not
    open to this consent, leave those that were known as they were."""
    profile: Json = client.get(stream.path, {})
    client.refuse_another_member(profile)
    try:
        body: Json = client.get(BODY_PATH, {})
    except BadResponse as error:
        if error.status != HTTPStatus.NOT_FOUND and not isinstance(error, NotAllowed):
            raise
        if isinstance(error, NotAllowed):
            client.remarks.append(str(error))
        body = known_body(profile)
    else:
        if not isinstance(body, dict):
            raise BadResponse(f"{BODY_PATH}: the answer is not an object.")
    yield [{**profile, "body": body}] if isinstance(profile, dict) else [profile]


def known_body(profile: Json) -> Json:
    known = WhoopProfile.objects.live().first()
    is_same = known and isinstance(profile, dict) and profile.get("user_id") == known.user_id
    return (known.raw or {}).get("body") if known and is_same else None


# --- Streams --------------------------------------------------------------------------------------

OFFSET = PathValue("timezone_offset", offset_minutes)


def collection(
    *,
    name: str,
    path: str,
    model: type[SourceRecord],
    fields: Mapping[str, str | PathValue | Convert],
    axis: str = "start_time",
    transform: Callable[[Item], Item] = scored,
    related: tuple[Related, ...] = (),
) -> Stream:
    """Declare a stream of what WHOOP lists by time, in pages."""
    return Stream(
        name=name,
        path=path,
        params={"limit": 25},  # the most that WHOOP allows
        items="records",
        next_page=token(read="next_token", send="nextToken"),
        # Scores come late and nights are edited days later; WHOOP has no filter by time of change.
        window=Between(start="start", end="end", lookback=timedelta(days=14)),
        axis=axis,
        # WHOOP lists what overlaps a window, so a row that starts inside a window and is not listed
        # is gone.
        deletes_by_absence=True,
        # An activity or a nap each hour, day and night; WHOOP finds none shorter than a quarter of
        # one.
        max_items_per_day=24,
        transform=transform,
        related=related,
        hide_same=partial(hide_exported, model),
        model=model,
        fields=fields,
    )


profile = Stream(
    name="profile",
    path="/developer/v2/user/profile/basic",
    read=profile_and_body,
    model=WhoopProfile,
    fields={
        "source_id": "user_id",
        "user_id": "user_id",
        "first_name": "first_name",
        "last_name": "last_name",
        "email": "email",
        "height_meter": above_zero("body?.height_meter?"),
        "weight_kilogram": above_zero("body?.weight_kilogram?"),
        "max_heart_rate": above_zero("body?.max_heart_rate?"),
    },
)

cycles = collection(
    name="cycle",
    path="/developer/v2/cycle",
    model=WhoopCycle,
    fields={
        "source_id": "id",
        "cycle_id": "id",
        "start_time": "start",
        "end_time": "end?",
        "utc_offset_min": OFFSET,
        "date": middle_date,
        "strain": from_zero("score?.strain"),
        "kilojoules": above_zero("score?.kilojoule"),
        "average_heart_rate": above_zero("score?.average_heart_rate"),
        "max_heart_rate": above_zero("score?.max_heart_rate"),
        "step_count": from_zero("step_count?"),
        "score_state": "score_state",
    },
)

sleeps = collection(
    name="sleep",
    path="/developer/v2/activity/sleep",
    transform=with_stages,
    model=WhoopSleep,
    fields={
        "source_id": "id",
        "sleep_id": "id",
        "cycle_id": "cycle_id",
        "start_time": "start",
        "end_time": "end",
        "utc_offset_min": OFFSET,
        "date": waking_date,
        "nap": "nap",
        "total_sleep_hours": hours_asleep,
        "sleep_performance": from_zero("score?.sleep_performance_percentage?"),
        "sleep_efficiency": from_zero("score?.sleep_efficiency_percentage?"),
        "sleep_consistency": from_zero("score?.sleep_consistency_percentage?"),
        "in_bed_min": minutes("score?.stage_summary.total_in_bed_time_milli"),
        "rem_sleep_min": minutes("score?.stage_summary.total_rem_sleep_time_milli"),
        "deep_sleep_min": minutes("score?.stage_summary.total_slow_wave_sleep_time_milli"),
        "light_sleep_min": minutes("score?.stage_summary.total_light_sleep_time_milli"),
        "awake_min": minutes("score?.stage_summary.total_awake_time_milli"),
        "no_data_min": minutes("score?.stage_summary.total_no_data_time_milli"),
        "sleep_cycle_count": from_zero("score?.stage_summary.sleep_cycle_count"),
        "disturbance_count": from_zero("score?.stage_summary.disturbance_count"),
        "respiratory_rate": above_zero("score?.respiratory_rate?"),
        "need_baseline_min": minutes("score?.sleep_needed.baseline_milli"),
        "need_from_debt_min": minutes("score?.sleep_needed.need_from_sleep_debt_milli"),
        "need_from_strain_min": minutes("score?.sleep_needed.need_from_recent_strain_milli"),
        # Zero or negative, so that -1 is a number like any other.
        "need_from_nap_min": PathValue(
            "score?.sleep_needed.need_from_recent_nap_milli", in_minutes
        ),
        "score_state": "score_state",
    },
)

recoveries = collection(
    name="recovery",
    path="/developer/v2/recovery",
    model=WhoopRecovery,
    related=(
        Related(
            "sleep",
            WhoopSleep,
            key="sleep_id",
            path="sleep_id",
            denormalizes={"date": "date", "start_time": "start_time"},
        ),
    ),
    fields={
        "source_id": "cycle_id",
        "cycle_id": "cycle_id",
        "sleep_id": "sleep_id",
        "date": recovery_date,
        "start_time": "sleep?.start_time",
        "recovery_score": from_zero("score?.recovery_score"),
        "resting_heart_rate": above_zero("score?.resting_heart_rate"),
        "hrv_rmssd": above_zero("score?.hrv_rmssd_milli"),
        "spo2_percentage": above_zero("score?.spo2_percentage?"),
        "skin_temp_celsius": above_zero("score?.skin_temp_celsius?"),
        "user_calibrating": "score?.user_calibrating",
        "score_state": "score_state",
    },
)

workouts = collection(
    name="workout",
    path="/developer/v2/activity/workout",
    axis="start",
    model=Workout,
    fields={
        "source_id": "id",
        "start": "start",
        "end": "end",
        "utc_offset_min": OFFSET,
        "date": starting_date,
        "sport_id": "sport_id?",
        "sport_name": sport_slug,
        "strain": from_zero("score?.strain"),
        "average_heart_rate": above_zero("score?.average_heart_rate"),
        "max_heart_rate": above_zero("score?.max_heart_rate"),
        "calories": above_zero("score?.kilojoule", kilocalories),
        "distance_meters": above_zero("score?.distance_meter?"),
        "altitude_gain_meters": "score?.altitude_gain_meter?",
        "altitude_change_meters": "score?.altitude_change_meter?",
        "duration_min": duration_min,
        "percent_recorded": from_zero("score?.percent_recorded", percentage),
        "zone_0_min": minutes("score?.zone_durations.zone_zero_milli"),
        "zone_1_min": minutes("score?.zone_durations.zone_one_milli"),
        "zone_2_min": minutes("score?.zone_durations.zone_two_milli"),
        "zone_3_min": minutes("score?.zone_durations.zone_three_milli"),
        "zone_4_min": minutes("score?.zone_durations.zone_four_milli"),
        "zone_5_min": minutes("score?.zone_durations.zone_five_milli"),
        "score_state": "score_state",
    },
)

source = register_source(
    Source(
        declaration=SOURCE,
        client=SingleMemberClient,
        is_configured=SingleMemberClient.is_configured,
        missing_consent=SingleMemberClient.missing_consent,
        # Recoveries take their dates from their sleeps.
        streams=(profile, cycles, sleeps, recoveries, workouts),
    )
)

register_file_source(
    FileSource(
        WHOOP_EXPORT,
        WhoopCycle,
        page="whoop-import",
        command="import_whoop FILE",
        brings="The journal, and all that WHOOP's app exports as a file.",
        group="WHOOP export",
    )
)
