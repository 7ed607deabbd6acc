"""Bundles, inside a case."""

from django.urls import path

from bundles.views import choosing, releasing, watching

app_name = "bundles"
urlpatterns = [
    path("", watching.bundle_list, name="list"),
    path("new/", choosing.bundle_new, name="new"),
    path("<uuid:pk>/", watching.bundle_detail, name="detail"),
    path("<uuid:pk>/progress/", watching.bundle_progress, name="progress"),
    path("<uuid:pk>/cancel/", watching.bundle_cancel, name="cancel"),
    path("<uuid:pk>/again/", watching.bundle_again, name="again"),
    path("<uuid:pk>/release/", releasing.bundle_release, name="release"),
    path("<uuid:pk>/download/", releasing.bundle_download, name="download"),
]
