"""Addresses of the manager's pages."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [path("caseload/", views.caseload, name="caseload")]
