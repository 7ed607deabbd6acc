"""Addresses of restorative justice."""

from django.urls import path

from referrals.views import restorative

urlpatterns = [
    path("restorative/", restorative.restorative, name="restorative"),
    path("restorative/new/", restorative.restorative_new, name="restorative_new"),
    path("restorative/<uuid:pk>/move/", restorative.restorative_move, name="restorative_move"),
    path("restorative/<uuid:pk>/end/", restorative.restorative_end, name="restorative_end"),
    path("restorative/<uuid:pk>/withdraw/", restorative.restorative_withdraw, name="restorative_withdraw"),
    path("restorative/<uuid:pk>/sign-off/", restorative.sign_off_ask, name="sign_off_ask"),
    path("restorative/<uuid:pk>/sign-off/<uuid:request_id>/", restorative.sign_off_answer, name="sign_off_answer"),
]
