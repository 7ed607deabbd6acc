"""Addresses of the directory: nothing in them is about anybody's case."""

from django.urls import path

from referrals.views import directory

app_name = "directory"
urlpatterns = [
    path("", directory.directory, name="list"),
    path("new/", directory.new, name="new"),
    path("<slug:slug>/", directory.entry, name="entry"),
    path("<slug:slug>/check/", directory.check, name="check"),
    path("<slug:slug>/edit/", directory.edit, name="edit"),
    path("<slug:slug>/retire/", directory.retire, name="retire"),
    path("<slug:slug>/back/", directory.bring_back, name="bring_back"),
]
