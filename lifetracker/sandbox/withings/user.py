"""`/v2/user`: what the user owns and wants."""

from collections.abc import Mapping

from lifetracker.sandbox.body import WANTED_WEIGHT
from lifetracker.sandbox.life import HOME, Life
from lifetracker.sandbox.messages import Answer
from lifetracker.sandbox.withings.envelope import NOT_IMPLEMENTED, Refusal, success
from lifetracker.sandbox.withings.groups import Groups
from lifetracker.sandbox.withings.history import CARDIO, CUFF, OLD_SCALE, Device

TYPES = {OLD_SCALE: "Scale", CARDIO: "Scale", CUFF: "Blood Pressure Monitor"}


class User:
    def __init__(self, life: Life, groups: Groups) -> None:
        self._life, self._groups = life, groups

    def answer(self, given: Mapping[str, str]) -> Answer:
        match given.get("action"):
            case "getdevice":
                return success({"devices": [self._device(device) for device in self._owned()]})
            case "getgoals":
                weight = {"value": round(1000 * WANTED_WEIGHT), "unit": -3}
                return success({"goals": {"weight": weight}})
        raise Refusal(NOT_IMPLEMENTED)

    def _owned(self) -> list[Device]:
        """Return those that have measured something."""
        seen = {entry.group.get("deviceid") for entry in self._groups.visible()}
        return [device for device in TYPES if device.id(self._life.seed) in seen]

    def _device(self, device: Device) -> dict[str, object]:
        id = device.id(self._life.seed)
        dates = [e.date for e in self._groups.visible() if e.group.get("deviceid") == id]
        return {
            "type": TYPES[device],
            "model": device.model,
            "model_id": device.modelid,
            "battery": "medium",
            "deviceid": id,
            "hash_deviceid": id,
            "timezone": HOME,
            "first_session_date": min(dates),
            "last_session_date": max(dates),
        }
