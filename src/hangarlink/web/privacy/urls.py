"""Addresses of the privacy pages. A person is never named in one: addresses end up in logs."""

from django.urls import path

from hangarlink.web.privacy import pages

app_name = "privacy"
urlpatterns = [
    path("privacy/", pages.privacy, name="find"),
    path("privacy/export/", pages.download, name="export"),
    path("privacy/erase/", pages.erasure, name="erase"),
    path("privacy/erasures/<uuid:erased_id>/", pages.certificate, name="certificate"),
]
