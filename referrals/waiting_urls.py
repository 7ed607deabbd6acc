"""The address of what waits for a manager, over all cases."""

from django.urls import path

from referrals.views import onward_waiting

app_name = "onward"
urlpatterns = [path("", onward_waiting.waiting, name="waiting")]
