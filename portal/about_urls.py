"""The pages behind the links at the foot of every page of hers. Plain names, in no room: staff pages link to none."""

from django.urls import path

from portal.views import about

urlpatterns = [
    path("online/", about.online, name="safety_online"),
    path("access/", about.accessibility, name="accessibility"),
    path("privacy/", about.privacy, name="privacy_notice"),
]
