"""The page to check a file on. A plain name, in no room."""

from django.urls import path

from bundles.views.checking import check_file

urlpatterns = [path("", check_file, name="check_file")]
