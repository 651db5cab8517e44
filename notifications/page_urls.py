from django.urls import path

from notifications import views

urlpatterns = [
    path("settings/notifications/", views.settings_page, name="settings-notifications"),
    path("settings/notifications/test/<slug:name>", views.send_test, name="notifications-test"),
    path("settings/notifications/browsers", views.add_browser, name="browser-add"),
    path(
        "settings/notifications/browsers/<int:pk>/remove",
        views.remove_browser,
        name="browser-remove",
    ),
]
