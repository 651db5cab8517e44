"""Where a browser connects and disconnects a service."""

from django.urls import path

from oauth_integration import views

urlpatterns = [
    path("oauth/<slug:provider>/connect", views.connect, name="oauth-connect"),
    path("oauth/<slug:provider>/callback", views.callback, name="oauth-callback"),
    path("oauth/<slug:provider>/disconnect", views.disconnect, name="oauth-disconnect"),
]
