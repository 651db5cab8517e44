"""What a person types in about a fast."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from fasting.limits import Confirmed, Everything, Question, open_questions
from fasting.models import FastingPeriod
from lifetracker.web.forms import MinuteField, RecordForm

# Between the keys of the questions that a page asked, in a hidden field of its answer.
BETWEEN = "|"


def joined(questions: list[Question]) -> str:
    return BETWEEN.join(question.key for question in questions)


class AnswersField(forms.CharField):
    """The questions that were answered with yes, in a hidden field."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Confirmed:
        return set(super().clean(value).split(BETWEEN))


class AnywayField(forms.BooleanField):
    """A tick that answers every question with yes."""

    def clean(self, value: Any) -> Confirmed:
        return Everything() if super().clean(value) else ()


class FastForm(RecordForm):
    """A fast that is saved only once everything unusual about it has been confirmed. Where it is
    valid depends on the other fasts until its transaction ends. A subclass has the field `confirm`,
    whose value is `Confirmed`."""

    asks_age = False
    questions: list[Question]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = []

    def clean(self) -> dict[str, Any]:
        # What the model checks next stays true until the transaction has saved it.
        FastingPeriod.objects.lock()
        return super().clean()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # of Django, where the instance gets its values
        if self.errors:
            return
        asked = self.instance.questions(asks_age=self.asks_age)
        self.questions = open_questions(asked, self.cleaned_data.get("confirm", ()))
        if self.questions:
            self.add_error("confirm", " ".join(question.text for question in self.questions))


class HoursField(forms.FloatField):
    def prepare_value(self, value: Any) -> Any:
        """Show 16 hours as `16`."""
        return f"{value:g}" if isinstance(value, float) else value


class PageForm(FastForm):
    start = MinuteField()
    end = MinuteField(required=False, help_text="Leave empty while the fast is running.")
    goal_hours = HoursField(
        label="Goal (hours)",
        required=False,
        help_text="Leave empty for a fast without a goal.",
        # Of the validators of the model.
        error_messages={
            "min_value": "Enter at least %(limit_value)s hours.",
            "max_value": "Enter at most %(limit_value)s hours.",
        },
    )
    confirm = AnswersField(required=False)
    asks_age = True

    class Meta:
        model = FastingPeriod
        fields = ("start", "end", "goal_hours", "note")
        widgets: ClassVar = {"note": forms.Textarea(attrs={"rows": 3})}

    @property
    def confirmation(self) -> str:
        """What the next answer has to hold, if these questions are answered with yes."""
        before = [key for key in self.data.get("confirm", "").split(BETWEEN) if key]
        return BETWEEN.join([*before, joined(self.questions)])


class StopForm(forms.Form):
    """`at`: an earlier moment that was typed in, or when the button was pressed, if the page had a question since."""

    at = MinuteField(label="Ended at", required=False, help_text="Empty means now.")
    confirm = AnswersField(required=False)


class StartForm(StopForm):
    at = MinuteField(label="Started at", required=False, help_text="Empty means now.")
    goal_hours = HoursField(
        label="Goal (hours)",
        required=False,
        help_text="Leave empty for a fast without a goal.",
        validators=FastingPeriod._meta.get_field("goal_hours").validators,
    )
    field_order = ("goal_hours", "at")
