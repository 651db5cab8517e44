"""What a person types in about a fast."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from fasting.limits import Confirmed, Question, open_questions
from fasting.models import FastingPeriod
from lifetracker.forms import MinuteField, RecordForm


class FastForm(RecordForm):
    """A fast that is saved only once everything unusual about it has been confirmed. Where it is
    valid depends on the other fasts until its transaction ends."""

    asks_age = False
    questions: list[Question]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = []

    def confirmed(self) -> Confirmed:
        """Return the keys of the questions that were answered with yes."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        # What the model checks next stays true until the transaction has saved it.
        FastingPeriod.objects.lock()
        return super().clean()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # of Django, where the instance gets its values
        if self.errors:
            return
        asked = self.instance.questions(asks_age=self.asks_age)
        self.questions = open_questions(asked, self.confirmed())
        if self.questions:
            self.add_error("confirm", " ".join(question.text for question in self.questions))


# Between the keys of the questions that a page asked, in a hidden field of its answer.
BETWEEN = "|"


def joined(questions: list[Question]) -> str:
    return BETWEEN.join(question.key for question in questions)


class Confirmation(forms.Form):
    confirm = forms.CharField(required=False, widget=forms.HiddenInput)

    def confirmed(self) -> Confirmed:
        return set(self.cleaned_data["confirm"].split(BETWEEN))


class HoursField(forms.FloatField):
    def prepare_value(self, value: Any) -> Any:
        """Show 16 hours as `16`."""
        return f"{value:g}" if isinstance(value, float) else value


class PageForm(FastForm):
    start = MinuteField()
    end = MinuteField(required=False, help_text="Leave it empty while the fast is running.")
    goal_hours = HoursField(
        label="Goal, hours", required=False, help_text="Leave it empty for a fast without a goal."
    )
    confirm = forms.CharField(required=False, widget=forms.HiddenInput)
    asks_age = True

    class Meta:
        model = FastingPeriod
        fields = ("start", "end", "goal_hours", "note")
        widgets: ClassVar = {"note": forms.Textarea(attrs={"rows": 3})}

    def confirmed(self) -> Confirmed:
        return set(self.cleaned_data["confirm"].split(BETWEEN))

    @property
    def confirmation(self) -> str:
        """What the next answer has to hold, if these questions are answered with yes."""
        before = [key for key in self.data.get("confirm", "").split(BETWEEN) if key]
        return BETWEEN.join([*before, joined(self.questions)])


class StopForm(Confirmation):
    """`at`: when the button was pressed, if the page had a question since."""

    at = forms.DateTimeField(required=False, widget=forms.HiddenInput)


class StartForm(StopForm):
    goal_hours = forms.FloatField(
        required=False, validators=FastingPeriod._meta.get_field("goal_hours").validators
    )
