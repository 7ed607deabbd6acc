"""All addresses. Rooms are included by name; pages of other packages are declared here, once."""

from django.urls import URLPattern, URLResolver, include, path

from nsvcs import health, views

handler400 = "nsvcs.uploads.bad_request"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.front, name="front"),
    path("cases/<uuid:case_id>/log/", include("logs.urls")),
    path("cases/<uuid:case_id>/bundles/", include("bundles.urls")),
    path("reports/", include("reports.urls")),
    path("health", health.health, name="health"),
]
