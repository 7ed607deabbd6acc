"""The log as staff see it, inside a case."""

from django.urls import path

from logs.views import arrivals, beside, bringing, captions, files, lists, locks, opening, translating
from logs.views import entries as views

app_name = "logs"
urlpatterns = [
    path("", lists.entry_list, name="list"),
    path("calendar/", lists.entry_calendar, name="calendar"),
    path("patterns/", lists.patterns, name="patterns"),
    path("patterns/portal/", translating.patterns_shown, name="patterns_shown"),
    path("new/", views.entry_new, name="new"),
    path("new/autosave/", views.entry_autosave, name="autosave"),
    path("arriving/", arrivals.arrivals, name="arrivals"),
    path("arriving/<slug:letters>/", arrivals.arrival, name="arrival"),
    path("arriving/<slug:letters>/remove/", arrivals.arrival_remove, name="arrival_remove"),
    path("<uuid:pk>/", views.entry_detail, name="entry"),
    path("<uuid:pk>/read/", views.entry_read, name="read"),
    path("<uuid:pk>/add/", views.entry_amend, name="amend"),
    path("<uuid:pk>/translate/", translating.entry_translate, name="translate"),
    path("<uuid:pk>/withdraw/", views.entry_withdraw, name="withdraw"),
    path("imports/", bringing.import_list, name="imports"),
    path("imports/new/", bringing.import_new, name="import_new"),
    path("imports/<uuid:pk>/", bringing.import_batch, name="import_batch"),
    path("imports/<uuid:pk>/progress/", bringing.import_progress, name="import_progress"),
    path("imports/<uuid:pk>/questions/", bringing.import_questions, name="import_questions"),
    path("imports/<uuid:pk>/choose/", bringing.import_review, name="import_review"),
    path("imports/<uuid:pk>/lines/<int:number>/", bringing.import_line, name="import_line"),
    path("imports/<uuid:pk>/bring/", bringing.import_bring, name="import_bring"),
    path("imports/<uuid:pk>/rest/", bringing.import_rest, name="import_rest"),
    path("imports/<uuid:pk>/undo/", bringing.import_undo, name="import_undo"),
    path("imports/<uuid:pk>/again/", bringing.import_again, name="import_again"),
    path("imports/<uuid:pk>/more/", bringing.import_more, name="import_more"),
    path("evidence/<uuid:pk>/", files.file_detail, name="file"),
    path("evidence/<uuid:pk>/lock/", locks.file_lock, name="lock"),
    path("evidence/<uuid:pk>/bring/", bringing.import_from, name="import_from"),
    path("files/<uuid:pk>/pages/<int:number>/", beside.evidence_page, name="page"),
    path("files/<uuid:pk>/says/", beside.evidence_says, name="says"),
    path("files/<uuid:pk>/words/", beside.evidence_words, name="words"),
    path("files/<uuid:pk>/about/", captions.file_about, name="about"),
    path("files/<uuid:pk>/open/", opening.file_open, name="open"),
    path("files/<uuid:pk>/heard/", beside.evidence_heard, name="heard"),
    path("files/<uuid:pk>/<str:kind>/", files.evidence_copy, name="copy"),
    path("files/<uuid:pk>/", files.evidence_original, name="original"),
]
