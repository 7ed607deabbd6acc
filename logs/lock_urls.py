"""The data protection lead's pages of locked and infected files, outside any case."""

from django.urls import path

from logs.views import locks

app_name = "locks"
urlpatterns = [
    path("", locks.lock_list, name="list"),
    path("<uuid:pk>/again/", locks.look_again, name="again"),
    path("<uuid:pk>/", locks.lock_end, name="end"),
]
