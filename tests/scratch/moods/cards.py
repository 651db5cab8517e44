from moods.models import Mood

from lifetracker.web.cards import Card, Place, Visit, register_card


def make(visit: Visit) -> Mood | None:
    return Mood.objects.live().first()


register_card(Card("mood", "moods/card.html", make, Place.SMALL, order=50))
