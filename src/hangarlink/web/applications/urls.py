"""Addresses of OAuth applications."""

from django.urls import path

from hangarlink.web.applications import pages

app_name = "applications"
urlpatterns = [
    path("applications/", pages.applications, name="list"),
    path("applications/new/", pages.application_new, name="new"),
    path("applications/<uuid:application_id>/", pages.application, name="application"),
    path("applications/<uuid:application_id>/change/", pages.application_change, name="change"),
    path("applications/<uuid:application_id>/rotate/", pages.application_rotate, name="rotate"),
    path("applications/<uuid:application_id>/revoke/", pages.application_revoke, name="revoke"),
]
