"""What Withings offers, and which column each value goes to. Facts: Withings' API reference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from lifetracker.days import local_date
from lifetracker.errors import BadResponse
from lifetracker.models import BEGINNING
from lifetracker.sync.lossless import Json, to_json
from lifetracker.sync.mapping import Item, PathValue, Unmappable, to_int
from lifetracker.sync.measures import is_filler
from lifetracker.sync.streams import (
    Aggregate,
    Between,
    Changes,
    FileSource,
    Params,
    Source,
    Stream,
    epoch,
    register_file_source,
    register_source,
)
from weight.models import MEASURES, WITHINGS_EXPORT, MeasureGroup, WeighIn
from weight.same_weigh_ins import hide_exported
from weight.services.withings_client import WithingsAPIClient
from weight.source import SOURCE

REAL_MEASURE, GOAL = 1, 2  # a goal looks like a weight
# The year 2100.
LATEST = 4_102_444_800
# A digit more than the finest scale sends.
PLACES = Decimal("0.0001")
# Of a value for each part of the body only the one for the whole of it counts: without a position,
# 7 (whole body), or 6 (between the legs, as scales under the feet may say).
WHOLE_BODY = (None, 7, 6)
# Columns by the reference's numbers for kinds of measures.
TYPES = {
    1: "weight_kg",
    5: "lean_mass_kg",
    6: "fat_ratio",
    8: "fat_mass_kg",
    11: "heart_pulse",
    76: "muscle_mass_kg",
    77: "hydration_kg",
    88: "bone_mass_kg",
}


def instant(seconds: float) -> datetime:
    """Return the moment. Raises ValueError for what is no time of a scale, nor has a date in every zone."""
    if not 0 < to_int(seconds) < LATEST:
        raise ValueError("not a time between 1970 and 2100")
    return BEGINNING + timedelta(seconds=seconds)


def category_of(item: Item) -> Json:
    """Return the category of a group. One without it is a real measure, which alone was asked for."""
    category: Json = item.get("category", REAL_MEASURE)
    return category


def is_no_goal(item: Json) -> bool:
    """Return whether it is no goal, also for what cannot be understood, which the mapping refuses."""
    if not isinstance(item, dict):
        return True
    return type(category_of(item)) is not int or category_of(item) != GOAL


def with_values(item: Item) -> Item:
    """Return the item with its measures by column. Of the same measure twice, the first counts. A weight
    that was typed in at Withings comes with zeros for what no scale measured."""
    category = category_of(item)
    if type(category) is not int or category != REAL_MEASURE:
        raise Unmappable(f"category: {category!r} is neither 1 (measurement) nor 2 (goal)")
    best: dict[str, tuple[int, Decimal]] = {}
    for one in item["measures"]:
        column, position = TYPES.get(one["type"]), one.get("position")
        if column is None or position not in WHOLE_BODY:
            continue
        value, rank = real_value(one), WHOLE_BODY.index(position)
        if value is not None and (column not in best or rank < best[column][0]):
            best[column] = (rank, value)
    return {**item, "values": {column: value for column, (_, value) in best.items()}}


def real_value(one: Item) -> Decimal | None:
    """Return `value x 10^unit`, in decimal digits: binary ones would make 71.30000000000001 of 71.3. None
    for a filler: none of what is read here can be 0."""
    value, unit = one["value"], one["unit"]
    try:
        number = Decimal(to_int(value)).scaleb(to_int(unit)).quantize(PLACES)
        return None if is_filler(value) else number or None
    except (ValueError, ArithmeticError):
        raise Unmappable(f"measures: {value!r} x 10^{unit!r} is not a measurement") from None


def measured(column: str) -> Callable[[Item], Decimal | None]:
    return lambda item: item["values"].get(column)


def pulse(item: Item) -> int | None:
    beats = item["values"].get("heart_pulse")
    return None if beats is None else round(beats) or None


def next_offset(answer: Item) -> Params | None:
    """Read where the next page begins: `more` is 1 or true, and is absent with `offset` on the last page. Raises BadResponse for what
    tells neither that there is a page nor that there is none."""
    more, offset = answer.get("more"), answer.get("offset")
    if more is None or (type(more) in {int, bool} and more == 0):
        return None
    if type(more) not in {int, bool} or more != 1 or type(offset) is not int:
        raise BadResponse("Withings: an answer does not say where its next page starts.")
    return {"offset": offset}


# --- Weigh-ins ------------------------------------------------------------------------------------


def weigh_in(groups: list[MeasureGroup]) -> list[Any] | None:
    """Return the weigh-in that groups of one moment make together; None if none of them has a weight.

    A group that is surely this person's counts before an ambiguous one, and an older one before a
    younger one. To a sure weight nothing ambiguous is added.
    """
    ranked = sorted(groups, key=lambda g: (g.is_ambiguous, len(g.source_id), g.source_id))
    main = next((group for group in ranked if group.weight_kg), None)
    if main is None:
        return None
    parts = [main, *(g for g in ranked if g is not main and g.is_ambiguous <= main.is_ambiguous)]
    values = [
        next((value for part in parts if (value := getattr(part, name)) is not None), None)
        for name in MEASURES
    ]
    return [
        main.measured_at,
        local_date(main.measured_at),
        main.weight_kg,
        *values,
        main.attribution,
        main.device,
        to_json({"groups": [part.source_id for part in parts]}),
    ]


# --- Streams --------------------------------------------------------------------------------------

measures = Stream(
    name="measure",
    path="/measure",
    params={
        "action": "getmeas",
        "meastypes": ",".join(map(str, TYPES)),
        "category": REAL_MEASURE,
    },
    items="measuregrps",
    next_page=next_offset,
    # Nothing tells of a deletion but that the group is missing where it was.
    window=Between(
        start="startdate",
        end="enddate",
        lookback=timedelta(days=14),
        format=epoch,
        optional=False,
        padding=timedelta(seconds=1),
    ),
    axis="measured_at",
    deletes_by_absence=True,
    hide_same=hide_exported,
    # A device may bring its measures weeks late.
    changes=Changes(
        since="lastupdate", changed_at=lambda item: instant(item["modified"]), format=epoch
    ),
    item_filter=is_no_goal,
    # `offset` counts groups.
    offset_paging=True,
    # Four groups an hour, day and night. Scales and cuffs measure nothing without the person's doing.
    max_items_per_day=96,
    transform=with_values,
    model=MeasureGroup,
    fields={
        "source_id": "grpid",
        "measured_at": PathValue("date", instant),
        **{name: measured(name) for name in ("weight_kg", *MEASURES) if name != "heart_pulse"},
        "heart_pulse": pulse,
        "attribution": "attrib",
        "device": lambda item: item.get("model") or "",
    },
    aggregate=Aggregate(
        model=WeighIn,
        by="measured_at",
        source_id=lambda moment: str(epoch(moment)),
        columns=("measured_at", "date", "weight_kg", *MEASURES, "attribution", "device", "raw"),
        make=weigh_in,
    ),
)

source = register_source(
    Source(
        declaration=SOURCE,
        client=WithingsAPIClient,
        is_configured=WithingsAPIClient.is_configured,
        missing_consent=WithingsAPIClient.missing_consent,
        streams=(measures,),
    )
)

register_file_source(
    FileSource(
        WITHINGS_EXPORT,
        WeighIn,
        page="withings-import",
        command="import_withings FILE",
        brings="Weigh-ins, from the data that Withings lets you download.",
        group="Withings export",
    )
)
