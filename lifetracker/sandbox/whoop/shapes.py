"""From the facts of a day to WHOOP's cycle, sleep, nap and recovery."""

import math
from collections.abc import Callable
from random import Random

from lifetracker.sandbox.eating import COST_OF_EATING_LATE, USUALLY_EATS_LATE, eats_late
from lifetracker.sandbox.habits import COST_OF_DRINKING, USUALLY_DRINKS, drinks
from lifetracker.sandbox.instants import HOUR, MINUTE, SECOND, iso, to_ms
from lifetracker.sandbox.life import Day, Life, Nap
from lifetracker.sandbox.training import Bout
from lifetracker.sandbox.whoop.entries import Entry, Record
from lifetracker.sandbox.whoop.nights import ONE_DAY, Night, offset, uuid

USER_ID = 10129
BASELINE_NEED = 27_395_716
FULL_STRAIN = 21
MAX_HEART_RATE = 189
REFRESH = 5 * MINUTE  # how often the open cycle is counted anew
PENDING: Record = {"score_state": "PENDING_SCORE", "score": None}


def clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def strain(load: float, at_rest: float) -> float:
    """0..21, harder to raise the higher it is."""
    return round(FULL_STRAIN * (1 - math.exp(-(at_rest + 1.15 * load))), 6)


def strain_of(bout: Bout) -> float:
    return strain(bout.minutes * bout.effort / 95, 0.03)


def cycle(life: Life, night: Night, following: Night) -> Entry:
    """Runs until the next falling asleep, which WHOOP learns of the morning after."""
    day, rng = night.day, life.stream("whoop-cycle", night.day.date)
    score = _cycle_score(rng, day)
    blank = not day.strap or (night.unscorable and rng.random() < 0.4)
    steps = None if blank else _steps(rng, day)
    record = {
        "id": night.cycle_id,
        "user_id": USER_ID,
        "created_at": iso(night.opened),
        "updated_at": iso(following.opened),
        "start": iso(night.bed),
        "end": iso(following.bed),
        "timezone_offset": night.offset,
        **_state(score, unscorable=blank),
        "step_count": steps,
    }
    return Entry(
        "cycle",
        str(night.cycle_id),
        night.bed,
        following.bed,
        record,
        score,
        appears=night.opened,
        settles=following.opened,
        phase=_open_cycle(night, following, record),
    )


def _open_cycle(night: Night, following: Night, final: Record) -> Callable[[int], Record]:
    """No end yet; strain, energy and steps grow through the day."""

    def phase(now: int) -> Record:
        counted = max(night.opened, now - now % REFRESH)
        record = {"end": None, "updated_at": iso(counted)}
        if final["score"] is None:
            return record
        awake = clamp((counted - night.wake) / (following.bed - night.wake), 0, 1)
        whole = clamp((counted - night.bed) / (following.bed - night.bed), 0, 1)
        score = dict(final["score"])
        # At WHOOP a day is never less than the hardest workout in it, from when that is told of on.
        told_of = [one for one in night.day.bouts if to_ms(one.end) <= counted + REFRESH]
        hardest = max((strain_of(one) for one in told_of), default=0.0)
        score["strain"] = max(round(score["strain"] * awake**0.7, 6), hardest)
        score["kilojoule"] = round(score["kilojoule"] * whole, 3)
        score["average_heart_rate"] -= round(8 * (1 - awake))
        score["max_heart_rate"] -= round((score["max_heart_rate"] - 84) * (1 - awake) ** 2)
        return {**record, "score": score, "step_count": int(final["step_count"] * awake)}

    return phase


def _cycle_score(rng: Random, day: Day) -> Record:
    energy = sum(bout.minutes * (12 + 38 * bout.effort) for bout in day.bouts)
    hardest = max((bout.effort for bout in day.bouts), default=0.1)
    return {
        "strain": strain(day.load, rng.uniform(0.2, 0.4) - 0.1 * day.ill),
        "kilojoule": round(7250 + energy + rng.gauss(0, 380), 3),
        "average_heart_rate": round(60 + 9 * day.load + 6 * day.ill + rng.gauss(0, 1.5)),
        "max_heart_rate": round(clamp(112 + 76 * hardest + rng.gauss(0, 6), 98, MAX_HEART_RATE)),
    }


def _steps(rng: Random, day: Day) -> int:
    on_foot = sum(bout.km or 0 for bout in day.bouts if (bout.sport.pace or 99) < 12)
    usual = rng.gauss(6400, 1900) * (1 - 0.6 * day.ill) * (1.5 if day.away else 1)
    return int(max(420, usual) + 1270 * on_foot)


def sleep(life: Life, night: Night) -> Entry:
    """Pending for some seconds; some nights are seen once before they are over."""
    rng = life.stream("whoop-sleep", night.day.date)
    yesterday = life.day(night.day.date - ONE_DAY)
    score = _sleep_score(rng, night, yesterday)
    scored = night.processed + rng.randint(3 * SECOND, 14 * SECOND)
    appears = night.glance + 11 * MINUTE if night.glance else night.processed
    return Entry(
        "sleep",
        night.sleep_id,
        night.bed,
        night.wake,
        _sleep_record(night, (night.bed, night.wake), (appears, scored), score),
        score,
        appears=appears,
        settles=scored,
        phase=_early_sleep(night, score, appears),
    )


def _sleep_record(
    night: Night, span: tuple[int, int], times: tuple[int, int], score: Record
) -> Record:
    return {
        "id": night.sleep_id,
        "cycle_id": night.cycle_id,
        "v1_id": None,
        "user_id": USER_ID,
        "created_at": iso(times[0]),
        "updated_at": iso(times[1]),
        "start": iso(span[0]),
        "end": iso(span[1]),
        "timezone_offset": night.offset,
        "nap": False,
        **_state(score, unscorable=night.unscorable),
    }


def _early_sleep(night: Night, score: Record, appears: int) -> Callable[[int], Record]:
    def phase(now: int) -> Record:
        if night.glance is None or now >= night.processed:
            return {**PENDING, "updated_at": iso(night.processed)}
        share = (night.glance - night.bed) / (night.wake - night.bed)
        stages = {name: int(value * share) for name, value in score["stage_summary"].items()}
        performance = round(score["sleep_performance_percentage"] * share) * 1.0
        return {
            "end": iso(night.glance),
            "updated_at": iso(appears),
            "score_state": "SCORED",
            "score": {
                **score,
                "stage_summary": stages,
                "sleep_performance_percentage": performance,
            },
        }

    return phase


def _sleep_score(rng: Random, night: Night, yesterday: Day) -> Record:
    day, in_bed = night.day, night.wake - night.bed
    stages = _stages(rng, in_bed, day.ill)
    asleep = in_bed - stages["total_awake_time_milli"] - stages["total_no_data_time_milli"]
    need = _need(rng, yesterday)
    shift = abs((day.bed - yesterday.bed).total_seconds() - 86_400) / 60
    return {
        "stage_summary": stages,
        "sleep_needed": need,
        "respiratory_rate": round(14.9 + 1.6 * day.ill + rng.gauss(0, 0.35), 6),
        "sleep_performance_percentage": float(min(100, round(100 * asleep / sum(need.values())))),
        "sleep_consistency_percentage": float(round(clamp(rng.gauss(92, 4) - shift / 5, 25, 100))),
        "sleep_efficiency_percentage": round(100 * asleep / in_bed, 6),
    }


def _stages(rng: Random, in_bed: int, ill: float) -> Record:
    awake = int(in_bed * clamp(rng.gauss(0.07 + 0.05 * ill, 0.018), 0.02, 0.3))
    missing = int(in_bed * rng.uniform(0.01, 0.06)) if rng.random() < 0.03 else 0
    asleep = in_bed - awake - missing
    deep = int(asleep * clamp(rng.gauss(0.2 - 0.05 * ill, 0.03), 0.06, 0.32))
    rem = int(asleep * clamp(rng.gauss(0.23 - 0.04 * ill, 0.03), 0.08, 0.34))
    return {
        "total_in_bed_time_milli": in_bed,
        "total_awake_time_milli": awake,
        "total_no_data_time_milli": missing,
        "total_light_sleep_time_milli": asleep - deep - rem,
        "total_slow_wave_sleep_time_milli": deep,
        "total_rem_sleep_time_milli": rem,
        "sleep_cycle_count": max(1, round(asleep / (95 * MINUTE))),
        "disturbance_count": max(0, round(awake / (4 * MINUTE) + rng.gauss(2, 1.5))),
    }


def _need(rng: Random, yesterday: Day) -> dict[str, int]:
    slept = to_ms(yesterday.wake) - to_ms(yesterday.bed) if yesterday.slept else 0
    napped = yesterday.nap.minutes if yesterday.nap and yesterday.strap else 0
    return {
        "baseline_milli": BASELINE_NEED,
        "need_from_sleep_debt_milli": int(max(0, 8 * HOUR - slept) * rng.uniform(0.3, 0.45)),
        "need_from_recent_strain_milli": int((4 + 22 * yesterday.load) * MINUTE),
        "need_from_recent_nap_milli": -int(napped * 0.8 * MINUTE),
    }


def naps(life: Life, night: Night) -> list[Entry]:
    """They belong to the running cycle and have no recovery and no performance."""
    day = night.day
    return [_nap(life, night, day.nap)] if day.nap else []


def _nap(life: Life, night: Night, nap: Nap) -> Entry:
    day, rng = night.day, life.stream("whoop-nap", night.day.date)
    start, length = to_ms(nap.start), int(nap.minutes * MINUTE)
    appears = start + length + int(rng.uniform(6, 14) * MINUTE)
    scored = appears + rng.randint(3 * SECOND, 12 * SECOND)
    score = _nap_score(rng, length, _need(rng, life.day(day.date - ONE_DAY)))
    record = {
        **_sleep_record(night, (start, start + length), (appears, scored), score),
        **_state(score, unscorable=False),
        "id": uuid(rng),
        "nap": True,
        "timezone_offset": offset(nap.start, day.zone),
    }
    pending = {**PENDING, "updated_at": iso(appears)}
    return Entry(
        "sleep",
        record["id"],
        start,
        start + length,
        record,
        score,
        appears=appears,
        settles=scored,
        phase=lambda _now: pending,
    )


def _nap_score(rng: Random, length: int, need: dict[str, int]) -> Record:
    awake = int(length * rng.uniform(0.06, 0.22))
    deep = int((length - awake) * rng.uniform(0.05, 0.3)) if length > 40 * MINUTE else 0
    return {
        "stage_summary": {
            "total_in_bed_time_milli": length,
            "total_awake_time_milli": awake,
            "total_no_data_time_milli": 0,
            "total_light_sleep_time_milli": length - awake - deep,
            "total_slow_wave_sleep_time_milli": deep,
            "total_rem_sleep_time_milli": 0,
            "sleep_cycle_count": 0,
            "disturbance_count": rng.randint(0, 3),
        },
        "sleep_needed": {**need, "need_from_recent_nap_milli": 0},
        "respiratory_rate": round(rng.gauss(15.1, 0.4), 6),
        "sleep_performance_percentage": None,
        "sleep_consistency_percentage": None,
        "sleep_efficiency_percentage": round(100 * (length - awake) / length, 6),
    }


def recovery(life: Life, night: Night) -> Entry:
    """Has no time of its own: it is ordered and filtered by its sleep."""
    day, rng = night.day, life.stream("whoop-recovery", night.day.date)
    before = day.date - ONE_DAY
    evening = COST_OF_DRINKING * (drinks(life, before) - USUALLY_DRINKS)
    evening += COST_OF_EATING_LATE * (eats_late(life, before) - USUALLY_EATS_LATE)
    score = _recovery_score(rng, day, life.day(before), evening)
    created = night.processed + rng.randint(400, 1900)
    scored = created + rng.randint(4 * SECOND, 16 * SECOND)
    record = {
        "cycle_id": night.cycle_id,
        "sleep_id": night.sleep_id,
        "user_id": USER_ID,
        "created_at": iso(created),
        "updated_at": iso(scored),
        **_state(score, unscorable=night.unscorable),
    }
    pending = {**PENDING, "updated_at": iso(created)}
    return Entry(
        "recovery",
        str(night.cycle_id),
        night.bed,
        night.wake,
        record,
        score,
        appears=created,
        settles=scored,
        phase=lambda _now: pending,
    )


def _recovery_score(rng: Random, day: Day, yesterday: Day, evening: float) -> Record:
    """Return the score: a hard day, an illness, a flight, a short night and an evening that costs more than usual lower it;
    HRV and pulse follow."""
    hours = (day.wake - day.bed).total_seconds() / 3600
    tired = 34 * (min(yesterday.load, 1.4) - 0.3) + 12 * (day.block - 0.6) + 14 * day.jet_lag
    score = 62 + 14 * (day.fitness - 0.5) - tired - evening - 42 * day.ill + 6 * (hours - 7.4)
    score = round(clamp(score + rng.gauss(0, 12), 2, 99))
    hrv = (62 + 22 * (day.fitness - 0.5)) * math.exp((score - 62) / 105 + rng.gauss(0, 0.06))
    pulse = 51 - 5 * (day.fitness - 0.5) - 0.085 * (score - 62) + 7 * day.ill
    return {
        "user_calibrating": False,
        "recovery_score": float(score),
        "resting_heart_rate": float(round(pulse + rng.gauss(0, 0.9))),
        "hrv_rmssd_milli": round(hrv, 6),
        "spo2_percentage": round(clamp(96.2 - 1.1 * day.ill + rng.gauss(0, 0.6), 91, 100) * 16)
        / 16,
        "skin_temp_celsius": round(33.6 + 0.9 * day.ill + rng.gauss(0, 0.35), 4),
    }


def _state(score: Record, *, unscorable: bool) -> Record:
    if unscorable:
        return {"score_state": "UNSCORABLE", "score": None}
    return {"score_state": "SCORED", "score": score}
