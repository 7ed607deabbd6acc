"""Addresses of casework: ids only, never a name."""

from django.urls import path

from cases.views import apart, consents, doing, files, holding, lists, messages, opening, people, portal, safe_contact

app_name = "cases"
urlpatterns = [
    path("", lists.case_list, name="list"),
    path("work/", lists.work, name="work"),
    path("find/", lists.find, name="find"),
    path("new/", opening.case_new, name="new"),
    path("with-reason/", opening.case_reason, name="reason"),
    path("<uuid:pk>/", files.case_detail, name="detail"),
    path("<uuid:pk>/timeline/", files.case_timeline, name="timeline"),
    path("<uuid:pk>/timeline/<uuid:row_id>/", apart.kept_apart, name="kept_apart"),
    path("<uuid:pk>/edit/", files.case_edit, name="edit"),
    path("<uuid:pk>/person/", files.case_edit_victim, name="edit_victim"),
    path("<uuid:pk>/people/perpetrators/new/", people.perpetrator_new, name="perpetrator_new"),
    path("<uuid:pk>/people/perpetrators/<uuid:link_id>/", people.perpetrator_edit, name="perpetrator_edit"),
    path("<uuid:pk>/people/professionals/new/", people.professional_new, name="professional_new"),
    path("<uuid:pk>/people/professionals/<uuid:professional_id>/", people.professional_edit, name="professional_edit"),
    path("<uuid:pk>/safe-contact/", safe_contact.case_safe_contact, name="safe_contact"),
    path("<uuid:pk>/contacts/new/", doing.contact_new, name="contact_new"),
    path("<uuid:pk>/contacts/next/", doing.contact_plan, name="contact_plan"),
    path("<uuid:pk>/messages/", messages.case_messages, name="messages"),
    path("<uuid:pk>/messages/read/", messages.case_messages_read, name="messages_read"),
    path("<uuid:pk>/agreements/", consents.case_consents, name="consents"),
    path("<uuid:pk>/agreements/new/", consents.consent_new, name="consent_new"),
    path("<uuid:pk>/agreements/<uuid:consent_id>/withdraw/", consents.consent_withdraw, name="consent_withdraw"),
    path("<uuid:pk>/notes/new/", doing.note_new, name="note_new"),
    path("<uuid:pk>/tasks/new/", doing.task_new, name="task_new"),
    path("<uuid:pk>/tasks/<uuid:task_id>/done/", doing.task_done, name="task_done"),
    path("<uuid:pk>/tasks/<uuid:task_id>/undone/", doing.task_undone, name="task_undone"),
    path("<uuid:pk>/status/", doing.case_status, name="status"),
    path("<uuid:pk>/allocate/", holding.case_allocate, name="allocate"),
    path("<uuid:pk>/cover/", holding.case_cover, name="cover"),
    path("<uuid:pk>/close/", holding.case_close, name="close"),
    path("<uuid:pk>/reopen/", holding.case_reopen, name="reopen"),
    path("<uuid:pk>/access/", holding.case_access, name="access"),
    path("<uuid:pk>/access/reader/", holding.case_grant, name="grant"),
    path("<uuid:pk>/access/reader/<uuid:grant_id>/end/", holding.case_grant_end, name="grant_end"),
    path("<uuid:pk>/access/wall/", holding.case_wall, name="wall"),
    path("<uuid:pk>/access/restrict/", holding.case_restrict, name="restrict"),
    path("<uuid:pk>/portal/", portal.case_portal, name="portal"),
    path("<uuid:pk>/portal/end/", portal.case_portal_end, name="portal_end"),
]
