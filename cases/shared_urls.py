"""Links for people outside: an address that says nothing."""

from django.urls import path

from cases.views import sharing

app_name = "shared"
urlpatterns = [path("<slug:token>/", sharing.shared, name="open")]
