"""Addresses of onward referrals, under their case."""

from django.urls import path

from referrals.views import onward, onward_emergency, onward_sending

urlpatterns = [
    path("onward/", onward.onward_list, name="onward"),
    path("onward/new/", onward.onward_new, name="onward_new"),
    path("onward/<uuid:pk>/", onward.onward_detail, name="onward_detail"),
    path("onward/<uuid:pk>/basis/", onward.onward_basis, name="onward_basis"),
    path("onward/<uuid:pk>/other-basis/", onward.onward_without, name="onward_without"),
    path("onward/<uuid:pk>/emergency/", onward_emergency.onward_emergency, name="onward_emergency"),
    path("onward/<uuid:pk>/decide/", onward.onward_decide, name="onward_decide"),
    path("onward/<uuid:pk>/what/", onward.onward_what, name="onward_what"),
    path("onward/<uuid:pk>/check/", onward_sending.onward_check, name="onward_check"),
    path("onward/<uuid:pk>/link/", onward_sending.onward_link, name="onward_link"),
    path("onward/<uuid:pk>/withdraw/", onward_sending.onward_withdraw, name="onward_withdraw"),
    path("onward/<uuid:pk>/answer/", onward_sending.onward_answer, name="onward_answer"),
    path("onward/<uuid:pk>/complete/", onward_sending.onward_complete, name="onward_complete"),
]
