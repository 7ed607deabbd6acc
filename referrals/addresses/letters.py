"""Addresses of letters."""

from django.urls import path

from referrals.views import letters

urlpatterns = [
    path("letters/", letters.letters, name="letters"),
    path("letters/templates/", letters.letter_templates, name="letter_templates"),
    path("letters/new/", letters.letter_new, name="letter_new"),
    path("letters/new/<slug:key>/", letters.letter_write, name="letter_write"),
    path("letters/<uuid:pk>/", letters.letter, name="letter"),
    path("letters/<uuid:pk>/state/", letters.letter_state, name="letter_state"),
    path("letters/<uuid:pk>/take/", letters.letter_take, name="letter_take"),
    path("letters/<uuid:pk>/give/", letters.letter_give, name="letter_give"),
]
