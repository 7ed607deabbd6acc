"""Addresses, inside a case, of what its victim sees in the portal."""

from django.urls import path

from portal.views import preview

app_name = "preview"
urlpatterns = [
    path("", preview.home, name="home"),
    path("notes/", preview.entries, name="entries"),
    path("notes/<int:number>/", preview.entry, name="entry"),
    path("advice/", preview.advice, name="advice"),
]
