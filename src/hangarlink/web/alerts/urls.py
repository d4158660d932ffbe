"""Addresses of the alerts."""

from django.urls import path

from hangarlink.web.alerts import pages

app_name = "alerts"
urlpatterns = [
    path("alerts/", pages.alerts, name="list"),
    path("alerts/mail/", pages.by_mail, name="mail"),
]
