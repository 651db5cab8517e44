from moods.models import Mood

from lifetracker.api.lists import RecordViewSet
from lifetracker.api.serializers import RecordSerializer, public_fields


class MoodSerializer(RecordSerializer):
    class Meta:
        model = Mood
        fields = public_fields(Mood)
        read_only_fields = ("id", "source", "updated_at")


class Moods(RecordViewSet):
    queryset = Mood.objects.live()
    serializer_class = MoodSerializer
