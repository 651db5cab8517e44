from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "journal"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("Life", 25, "Behaviour"), ("Life", 26, "Answer"), ("Life", 27, "Note"))
