"""The pages of the journal. Its API is in `urls.py`."""

from django.urls import URLPattern, URLResolver, include, path

from journal import behaviour_views, entry_views, note_views, views

notes = note_views.NoteRemoval()
behaviours = behaviour_views.BehaviourRemoval()

about_one: list[URLPattern | URLResolver] = [
    path("<int:pk>", behaviours.or_deleted(behaviour_views.behaviour), name="journal-behaviour"),
    path("<int:pk>/move", behaviour_views.move, name="journal-behaviour-move"),
    path("<int:pk>/archive", behaviour_views.archive, name="journal-behaviour-archive"),
    path("<int:pk>/ask-again", behaviour_views.ask_again, name="journal-behaviour-ask-again"),
    path("<int:pk>/merge", behaviour_views.merge_into, name="journal-behaviour-merge"),
    path("<int:pk>/apart", behaviour_views.apart, name="journal-behaviour-apart"),
    *behaviours.urls(),
]
own: list[URLPattern | URLResolver] = [
    path("", views.MonthView.as_view(), name="journal"),
    path("answer", entry_views.give, name="journal-answer"),
    path("undo", entry_views.undo, name="journal-undo"),
    path("notes/new", note_views.new, name="journal-note-new"),
    path("notes/<int:pk>", notes.or_deleted(note_views.edit), name="journal-note"),
    path("notes/", include(notes.urls())),
    path("behaviours/", behaviour_views.behaviours, name="journal-behaviours"),
    path("behaviours/add/<slug:key>", behaviour_views.add_offered, name="journal-offered"),
    path("behaviours/", include(about_one)),
]

urlpatterns = [path("journal/", include(own))]
