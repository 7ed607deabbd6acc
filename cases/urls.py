"""Addresses of casework: ids only, never a name."""

from django.urls import path

from cases.views import doing, files, lists, safe_contact

app_name = "cases"
urlpatterns = [
    path("", lists.case_list, name="list"),
    path("work/", lists.work, name="work"),
    path("find/", lists.find, name="find"),
    path("<uuid:pk>/", files.case_detail, name="detail"),
    path("<uuid:pk>/timeline/", files.case_timeline, name="timeline"),
    path("<uuid:pk>/edit/", files.case_edit, name="edit"),
    path("<uuid:pk>/person/", files.case_edit_victim, name="edit_victim"),
    path("<uuid:pk>/safe-contact/", safe_contact.case_safe_contact, name="safe_contact"),
    path("<uuid:pk>/contacts/new/", doing.contact_new, name="contact_new"),
    path("<uuid:pk>/notes/new/", doing.note_new, name="note_new"),
    path("<uuid:pk>/tasks/new/", doing.task_new, name="task_new"),
    path("<uuid:pk>/tasks/<uuid:task_id>/done/", doing.task_done, name="task_done"),
    path("<uuid:pk>/tasks/<uuid:task_id>/undone/", doing.task_undone, name="task_undone"),
    path("<uuid:pk>/status/", doing.case_status, name="status"),
]
