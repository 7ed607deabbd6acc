"""Bundles, inside a case."""

from django.urls import path

from bundles import views

app_name = "bundles"
urlpatterns = [
    path("", views.bundle_list, name="list"),
    path("new/", views.bundle_new, name="new"),
    path("<uuid:pk>/", views.bundle_detail, name="detail"),
    path("<uuid:pk>/progress/", views.bundle_progress, name="progress"),
    path("<uuid:pk>/again/", views.bundle_again, name="again"),
    path("<uuid:pk>/release/", views.bundle_release, name="release"),
    path("<uuid:pk>/download/", views.bundle_download, name="download"),
]
