"""Addresses of the portal: neutral words and running numbers within her own notes."""

from django.urls import path

from portal.views import details, files, guidance, messages, pages, reading, writing

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
    path("new/", writing.new, name="new"),
    path("new/autosave/", writing.autosave, name="autosave"),
    path("new/<slug:letters>/", writing.draft, name="draft"),
    path("new/<slug:letters>/<int:number>/", writing.step, name="step"),
    path("new/<slug:letters>/check/", writing.check, name="check"),
    path("new/<slug:letters>/discard/", writing.discard, name="discard"),
    path("files/", files.arrivals, name="files"),
    path("files/<slug:letters>/", files.arrival, name="file"),
    path("files/<slug:letters>/remove/", files.file_remove, name="file_remove"),
    path("all/", reading.entries, name="entries"),
    path("all/print/", reading.print_all, name="print"),
    path("<int:number>/", reading.entry, name="entry"),
    path("<int:number>/saved/", reading.saved, name="saved"),
    path("<int:number>/add/", reading.entry_add, name="entry_add"),
    path("<int:number>/wrong/", reading.entry_wrong, name="entry_wrong"),
    path("<int:number>/files/<int:place>/", reading.entry_file, name="entry_file"),
    path("reading/", guidance.advice, name="advice"),
    path("reading/<int:number>/", guidance.advice_page, name="advice_page"),
    path("blank/", guidance.blank, name="blank"),
    path("help/", guidance.numbers, name="help"),
    path("messages/", messages.thread, name="messages"),
    path("who/", pages.seen, name="seen"),
    path("details/", details.details, name="details"),
    path("details/change/", details.change, name="details_change"),
    path("details/stop/", details.stop, name="details_stop"),
    path("account/end/", details.end, name="account_end"),
    path("account/", pages.account, name="account"),
]
