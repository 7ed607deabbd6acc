"""Addresses of the portal: neutral words and running numbers within her own notes."""

from django.urls import path

from portal.views import bringing, details, files, guidance, looking, messages, pages, reading, writing

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
    path("all/month/", looking.month, name="month"),
    path("all/counts/", looking.counts, name="counts"),
    path("all/print/", reading.print_all, name="print"),
    path("<int:number>/", reading.entry, name="entry"),
    path("<int:number>/saved/", reading.saved, name="saved"),
    path("<int:number>/add/", reading.entry_add, name="entry_add"),
    path("<int:number>/wrong/", reading.entry_wrong, name="entry_wrong"),
    path("<int:number>/files/<int:place>/", reading.entry_file, name="entry_file"),
    path("bring/", bringing.bring_list, name="bring"),
    path("bring/new/", bringing.bring_new, name="bring_new"),
    path("bring/<slug:letters>/", bringing.bring_batch, name="bring_batch"),
    path("bring/<slug:letters>/questions/", bringing.bring_questions, name="bring_questions"),
    path("bring/<slug:letters>/choose/", bringing.bring_review, name="bring_review"),
    path("bring/<slug:letters>/lines/<int:number>/", bringing.bring_line, name="bring_line"),
    path("bring/<slug:letters>/in/", bringing.bring_bring, name="bring_bring"),
    path("bring/<slug:letters>/rest/", bringing.bring_rest, name="bring_rest"),
    path("bring/<slug:letters>/undo/", bringing.bring_undo, name="bring_undo"),
    path("bring/<slug:letters>/again/", bringing.bring_again, name="bring_again"),
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
