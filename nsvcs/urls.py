"""All addresses. Rooms are included by name; pages of other packages are declared here, once."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
