"""The form in which the owner chooses what to be told of, how, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from lifetracker.ops.notices import NoticeKind, notice_kinds
from notifications.channels import CHANNELS
from notifications.models import ONLY, Choices, Notification

#: The id of what the page says of channels that cannot be chosen.
NOT_SET_UP = "not-set-up"
#: The name of a field begins with it, before that of its kind of notices.
KIND = "kind-"
HOURS = ("quiet_from", "quiet_to", "morning", "evening")
TWO_ENDS = "Quiet hours have a beginning and an end. Enter both, or none."
SAME = "Enter two different times. To get no messages, take away what you chose above."
NEVER = (
    "Your quiet hours last as long as this part of the day, so that nothing of it would be sent."
)


class Boxes(forms.CheckboxSelectMultiple):
    """A box for each channel. One that is not set up can be chosen once it is; what was chosen before can be taken away.
    `missing`: as of `ChoicesForm`."""

    def __init__(self, missing: Mapping[str, str]) -> None:
        super().__init__()
        self.missing = missing

    def create_option(
        self, name: str, value: Any, label: int | str, selected: bool, *args: Any, **options: Any
    ) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, *args, **options)
        if self.missing[value] and not selected:
            option["attrs"] |= {"disabled": True, "aria-describedby": NOT_SET_UP}
        return option


class Row(NamedTuple):
    """A kind of notices with its boxes, one for each channel."""

    kind: NoticeKind
    field: BoundField


def time_field(label: str, help_text: str = "", *, required: bool = False) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )


class ChoicesForm(forms.Form):
    """`missing`: by the name of a channel, why it cannot be used; empty where it can. What was chosen before stays so until
    its owner takes it away, also where its channel has failed since."""

    quiet_from = time_field(
        "Quiet from", "Nothing is sent in these hours. What is still true afterwards is sent then."
    )
    quiet_to = time_field("Quiet until")
    morning = time_field("Morning", "What the day asks for comes from then on.", required=True)
    evening = time_field("Evening", "What is due tonight comes from then on.", required=True)

    def __init__(
        self, data: Any = None, *, choices: Choices, missing: Mapping[str, str], **options: Any
    ) -> None:
        super().__init__(data, initial={name: getattr(choices, name) for name in HOURS}, **options)
        self._choices, self._missing = choices, missing
        self.kinds = notice_kinds()
        titles = [(name, channel.name.label) for name, channel in CHANNELS.items()]
        for kind in self.kinds.values():
            self.fields[f"{KIND}{kind.name}"] = forms.MultipleChoiceField(
                label=kind.title,
                choices=titles,
                required=False,
                initial=choices.channels_of(kind.name),
                widget=Boxes(missing),
            )

    @property
    def rows(self) -> list[Row]:
        return [Row(kind, self[f"{KIND}{name}"]) for name, kind in self.kinds.items()]

    @property
    def hours(self) -> list[BoundField]:
        return [self[name] for name in HOURS]

    @property
    def broken(self) -> list[str]:
        """Return why nothing comes by channels that were chosen while they could be used."""
        chosen = {name for kind in self.kinds for name in self._choices.channels_of(kind)}
        return [
            f"Nothing comes by {CHANNELS[name].name.label} at present, although you chose it. {why}"
            for name, why in self._missing.items()
            if why and name in chosen
        ]

    @property
    def is_any_closed(self) -> bool:
        return any(self._missing.values())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for name in self.kinds:
            self._refuse_missing(name, values.get(f"{KIND}{name}") or [])
        begin, end = values.get("quiet_from"), values.get("quiet_to")
        if (begin is None) != (end is None) and not self.errors:
            self.add_error("quiet_to" if end is None else "quiet_from", TWO_ENDS)
        morning, evening = values.get("morning"), values.get("evening")
        if morning and evening and morning >= evening:
            self.add_error("evening", "The evening must come after the morning.")
        if begin is not None and begin == end:
            self.add_error("quiet_to", SAME)
        for name, first, last in (("morning", morning, evening), ("evening", evening, None)):
            if is_all_within(first, last, begin, end):
                self.add_error(name, NEVER)
        return values

    def _refuse_missing(self, kind: str, channels: list[str]) -> None:
        before = self._choices.channels_of(kind)
        for name in channels:
            if name not in before and (missing := self._missing[name]):
                label = CHANNELS[name].name.label
                self.add_error(f"{KIND}{kind}", ValidationError(f"{label}: {missing}"))

    def save(self) -> None:
        """Store what was chosen, and drop what waits and is not wanted any more. A kind whose app is not there at present
        keeps what was chosen for it."""
        values = self.cleaned_data
        chosen = {name: values[f"{KIND}{name}"] for name in self.kinds}
        chosen = {name: found for name, found in (self._choices.chosen | chosen).items() if found}
        hours = {name: values[name] for name in HOURS}
        Choices.objects.update_or_create(pk=ONLY, defaults={"chosen": chosen, **hours})
        Notification.objects.drop_unwanted(chosen)


def is_within(at: time | None, begin: time | None, end: time | None) -> bool:
    """Return whether a time lies in quiet hours, which may go over midnight."""
    if at is None or begin is None or end is None or begin == end:
        return False
    if begin < end:
        return begin <= at < end
    return at >= begin or at < end


def is_all_within(
    first: time | None, last: time | None, begin: time | None, end: time | None
) -> bool:
    """Return whether quiet hours leave nothing of a part of a day, which lasts to midnight where `last` is None."""
    if first is None or begin is None or end is None or not is_within(first, begin, end):
        return False
    is_over_midnight = end < begin and first >= begin
    return is_over_midnight or (last is not None and end >= last)
