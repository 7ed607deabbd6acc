"""Bundles, inside a case."""

from django.urls import path

from bundles.views import choosing, gate, items, mending, protecting, redacting, releasing, watching

app_name = "bundles"
urlpatterns = [
    path("", watching.bundle_list, name="list"),
    path("new/", choosing.bundle_new, name="new"),
    path("editions/", choosing.presets, name="presets"),
    path("drafts/<uuid:pk>/purpose/", choosing.draft_purpose, name="draft_purpose"),
    path("drafts/<uuid:pk>/recipient/", choosing.draft_recipient, name="draft_recipient"),
    path("drafts/<uuid:pk>/days/", choosing.draft_days, name="draft_days"),
    path("drafts/<uuid:pk>/items/", items.draft_items, name="draft_items"),
    path("drafts/<uuid:pk>/core/", items.draft_core, name="draft_core"),
    path("drafts/<uuid:pk>/order/", choosing.draft_order, name="draft_order"),
    path("drafts/<uuid:pk>/shown/", choosing.draft_shown, name="draft_shown"),
    path("drafts/<uuid:pk>/cover/", choosing.draft_cover, name="draft_cover"),
    path("drafts/<uuid:pk>/check/", choosing.draft_check, name="draft_check"),
    path("drafts/<uuid:pk>/discard/", choosing.draft_discard, name="draft_discard"),
    path("words/", protecting.protected_list, name="protected"),
    path("words/new/", protecting.protected_new, name="protected_new"),
    path("words/keep/", protecting.protected_keep, name="protected_keep"),
    path("words/<uuid:pk>/end/", protecting.protected_end, name="protected_end"),
    path("choice/<uuid:draft>/redactions/", redacting.redactions, name="redactions"),
    path("choice/<uuid:draft>/redactions/<uuid:pk>/remove/", redacting.redaction_remove, name="redaction_remove"),
    path("choice/<uuid:draft>/redactions/page/<uuid:pk>/<int:number>/", redacting.redact_page, name="redact_page"),
    path(
        "choice/<uuid:draft>/redactions/page/<uuid:pk>/<int:number>/picture/",
        redacting.redact_picture,
        name="redact_picture",
    ),
    path(
        "choice/<uuid:draft>/redactions/<slug:target>/<uuid:pk>/<slug:field>/",
        redacting.redact_text,
        name="redact_text",
    ),
    path("<uuid:pk>/", watching.bundle_detail, name="detail"),
    path("<uuid:pk>/progress/", watching.bundle_progress, name="progress"),
    path("<uuid:pk>/cancel/", watching.bundle_cancel, name="cancel"),
    path("<uuid:pk>/again/", watching.bundle_again, name="again"),
    path("<uuid:pk>/checks/", gate.bundle_gate, name="gate"),
    path("<uuid:pk>/checks/<uuid:check>/", gate.bundle_alarm, name="alarm"),
    path("<uuid:pk>/checks/<uuid:check>/choose/", mending.bundle_choose, name="choose"),
    path("<uuid:pk>/pages/", gate.bundle_pages, name="pages"),
    path("<uuid:pk>/pages/<int:number>/", gate.bundle_page, name="page"),
    path("<uuid:pk>/release/", releasing.bundle_release, name="release"),
    path("<uuid:pk>/releases/<uuid:release>/", releasing.bundle_given, name="given"),
    path("<uuid:pk>/releases/<uuid:release>/second/", releasing.bundle_second, name="second"),
    path("<uuid:pk>/releases/<uuid:release>/recall/", releasing.bundle_recall, name="recall"),
    path("<uuid:pk>/releases/<uuid:release>/take/", releasing.bundle_take, name="take"),
    path("<uuid:pk>/releases/<uuid:release>/receipt/", releasing.bundle_receipt, name="receipt"),
    path("<uuid:pk>/download/", releasing.bundle_download, name="download"),
]
