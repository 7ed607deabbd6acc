"""Addresses of signposts; an entry of the directory goes by its number."""

from django.urls import path

from referrals.views import signposting

urlpatterns = [
    path("signposts/", signposting.signposts, name="signposts"),
    path("signposts/find/", signposting.signpost_find, name="signpost_find"),
    path("signposts/tell/<int:organisation>/", signposting.signpost_tell, name="signpost_tell"),
    path("signposts/<uuid:pk>/back/", signposting.signpost_back, name="signpost_back"),
    path("signposts/<uuid:pk>/outcome/", signposting.signpost_outcome, name="signpost_outcome"),
]
