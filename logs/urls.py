"""The log as staff see it, inside a case."""

from django.urls import path

from logs.views import entries as views
from logs.views import lists

app_name = "logs"
urlpatterns = [
    path("", lists.entry_list, name="list"),
    path("calendar/", lists.entry_calendar, name="calendar"),
    path("patterns/", lists.patterns, name="patterns"),
    path("new/", views.entry_new, name="new"),
    path("new/autosave/", views.entry_autosave, name="autosave"),
    path("<uuid:pk>/", views.entry_detail, name="entry"),
    path("<uuid:pk>/read/", views.entry_read, name="read"),
    path("<uuid:pk>/add/", views.entry_amend, name="amend"),
    path("<uuid:pk>/withdraw/", views.entry_withdraw, name="withdraw"),
    path("files/<uuid:pk>/<str:kind>/", views.evidence_copy, name="copy"),
    path("files/<uuid:pk>/", views.evidence_original, name="original"),
]
