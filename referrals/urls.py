"""Addresses of what the service does for one victim, under their case: ids only, never a name."""

from django.urls import path

from referrals.addresses import equipment, letters, onward, restorative, signposting, support
from referrals.views import hub

app_name = "referrals"
urlpatterns = [
    path("", hub.hub, name="hub"),
    *restorative.urlpatterns,
    *support.urlpatterns,
    *onward.urlpatterns,
    *signposting.urlpatterns,
    *letters.urlpatterns,
    *equipment.urlpatterns,
]
