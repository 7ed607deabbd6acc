"""Addresses of the stock of equipment: not about a case."""

from django.urls import path

from referrals.views import stock

app_name = "equipment"
urlpatterns = [
    path("", stock.stock, name="list"),
    path("new/", stock.unit_new, name="new"),
    path("places/new/", stock.place_new, name="place_new"),
    path("<uuid:pk>/", stock.unit, name="detail"),
    path("<uuid:pk>/change/", stock.unit_edit, name="edit"),
    path("<uuid:pk>/<slug:name>/", stock.unit_act, name="act"),
]
