"""Addresses of a case's equipment."""

from django.urls import path

from referrals.views import equipment

urlpatterns = [
    path("equipment/", equipment.equipment, name="equipment"),
    path("equipment/reserve/", equipment.reserve, name="equipment_reserve"),
    path("equipment/asked/<uuid:pk>/", equipment.answer, name="equipment_answer"),
    path("equipment/<uuid:pk>/issue/", equipment.issue, name="equipment_issue"),
    path("equipment/<uuid:pk>/receipt/", equipment.receipt, name="equipment_receipt"),
    path("equipment/<uuid:pk>/renew/", equipment.renew, name="equipment_renew"),
    path("equipment/<uuid:pk>/release/", equipment.release, name="equipment_release"),
    path("equipment/<uuid:pk>/return/", equipment.take_back, name="equipment_return"),
    path("equipment/<uuid:pk>/lost/", equipment.lose, name="equipment_lost"),
]
