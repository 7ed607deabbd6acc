"""The pages behind the links at the foot of every page of hers. Plain names, in no room: staff pages link to none."""

from django.urls import path

from portal.views import about

urlpatterns = [
    path("online/", about.online, name="safety_online"),
    path("access/", about.accessibility, name="accessibility"),
    path("sign/", about.sign_language, name="sign_language"),
    path("easy/", about.easy_read, name="easy_read"),
    path("large/", about.large_print, name="large_print"),
    path("privacy/", about.privacy, name="privacy_notice"),
]
