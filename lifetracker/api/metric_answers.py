"""What the answers about metrics hold, as the API describes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from lifetracker.api.serializers import InstantField
from lifetracker.metrics.buckets import Bucket
from lifetracker.metrics.declaration import Absent, Better

SO_FAR = "What there is of a day that is not complete yet, or of which a part is not known."


class MetricSerializer(serializers.Serializer[object]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # fields are taken off the class
    unit = serializers.CharField()
    decimals = serializers.IntegerField(help_text="Of a value as it is shown.")
    domain = serializers.CharField()
    additive = serializers.BooleanField(
        help_text="Whether the sum of several days means something."
    )
    circular = serializers.BooleanField(help_text="True for hours on a clock of 24.")
    absent = serializers.ChoiceField(
        choices=[one.value for one in Absent],
        help_text="What a day without a record means: unknown, or zero on days that are verified.",
    )
    better = serializers.ChoiceField(choices=[one.value for one in Better])


class HeldMetricSerializer(MetricSerializer):
    first_day = serializers.DateField(allow_null=True, help_text="The first day with a value.")
    last_day = serializers.DateField(allow_null=True, help_text="The last day with a value.")
    known_days = serializers.IntegerField(allow_null=True, help_text="Of `days`.")
    days = serializers.IntegerField(
        allow_null=True,
        help_text="How many of the last 90 days are verified, from the first day with a value on.",
    )
    coverage = serializers.FloatField(
        allow_null=True, help_text="`known_days` of `days`, from 0 to 1."
    )
    verified_until = InstantField(allow_null=True)


class MetricListSerializer(serializers.Serializer[object]):
    metrics = HeldMetricSerializer(many=True)


def number(text: str = "", **options: Any) -> serializers.FloatField:
    return serializers.FloatField(allow_null=True, help_text=text, **options)


class BucketSerializer(serializers.Serializer[object]):
    """The fields from `value` on are those of days alone."""

    start_date = serializers.DateField()
    end_date = serializers.DateField()
    days = serializers.IntegerField(help_text="How many of its days are in the asked range.")
    known_days = serializers.IntegerField(help_text="How many of these have a value.")
    sum = number("Null if the metric is not additive.")
    mean = number("Of the known days.")
    minimum = number()
    maximum = number()
    value = number(required=False)
    so_far = number(SO_FAR, required=False)
    usual = number("The mean of the 28 days before.", required=False)
    low = number("One deviation below the usual.", required=False)
    high = number("One deviation above the usual.", required=False)
    deviation = number("How many deviations the value lies above the usual.", required=False)
    words = serializers.CharField(required=False, help_text="The deviation in words.")
    rolling_7 = number("The mean of 7 days, at least 5 of them known.", required=False)
    rolling_28 = number("The mean of 28 days, at least 14 of them known.", required=False)


class MissingSerializer(serializers.Serializer[object]):
    """Days in a row that are unknown for one reason."""

    start_date = serializers.DateField()
    end_date = serializers.DateField()
    reason = serializers.CharField()


class RangeOfMetricSerializer(MetricSerializer):
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    bucket = serializers.ChoiceField(choices=[one.value for one in Bucket])
    days = serializers.IntegerField()
    known_days = serializers.IntegerField()
    verified_until = InstantField(allow_null=True)
    buckets = BucketSerializer(many=True)
    missing = MissingSerializer(many=True)


def numbers(text: str, **options: Any) -> serializers.ListField:
    child = serializers.FloatField(allow_null=True)
    return serializers.ListField(child=child, help_text=text, **options)


class ColumnsSerializer(MetricSerializer):
    """Lists that are as long as `dates`."""

    days = serializers.IntegerField()
    known_days = serializers.IntegerField()
    verified_until = InstantField(allow_null=True)
    values = numbers("Of weeks and months, the mean of the known days.")
    sums = numbers("Of weeks and months of additive metrics.", allow_null=True)
    usual = numbers("Of days.", allow_null=True)
    low = numbers("Of days.", allow_null=True)
    high = numbers("Of days.", allow_null=True)


class ChartSerializer(serializers.Serializer[object]):
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    bucket = serializers.ChoiceField(choices=[one.value for one in Bucket])
    dates = serializers.ListField(child=serializers.DateField())
    series = serializers.DictField(child=ColumnsSerializer(), help_text="By key.")


class RecordIdSerializer(serializers.Serializer[object]):
    model = serializers.CharField()
    id = serializers.IntegerField()


class RecordBehindSerializer(RecordIdSerializer):
    source = serializers.CharField()  # type: ignore[assignment]  # as above
    date = serializers.DateField()
    address = serializers.CharField(
        allow_null=True,
        help_text="Of the record, or of the list of its day. Null if the API has neither.",
    )


class NumberOfDaySerializer(serializers.Serializer[object]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # as above
    unit = serializers.CharField()
    decimals = serializers.IntegerField()
    value = number()
    so_far = number(SO_FAR)
    usual = number("The mean of the 28 days before.")
    low = number("One deviation below the usual.")
    high = number("One deviation above the usual.")
    deviation = number("How many deviations the value lies above the usual.")
    words = serializers.CharField(help_text="The deviation in words.")
    reason = serializers.CharField(help_text="Why the value is unknown. Empty if it is known.")
    verified_until = InstantField(allow_null=True)
    records = RecordIdSerializer(many=True)


class DomainOfDaySerializer(serializers.Serializer[object]):
    domain = serializers.CharField()
    numbers = NumberOfDaySerializer(many=True)


class WholeDaySerializer(serializers.Serializer[object]):
    date = serializers.DateField()
    is_today = serializers.BooleanField()
    marks = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="The kinds of its confirmed marks, such as `sick`. Null for a token that is limited to domains.",
    )
    domains = DomainOfDaySerializer(many=True)
