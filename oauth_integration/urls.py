from django.urls import path

from oauth_integration import views

urlpatterns = [
    path("<slug:provider>/connect", views.connect, name="oauth-connect"),
    path("<slug:provider>/callback", views.callback, name="oauth-callback"),
    path("<slug:provider>/disconnect", views.disconnect, name="oauth-disconnect"),
]
