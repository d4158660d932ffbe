"""Addresses of workshop visits."""

from django.urls import path

from hangarlink.web.visits import pages

app_name = "visits"
urlpatterns = [
    path("aircraft/<uuid:aircraft_id>/visits/new/", pages.new_visit, name="new"),
    path("aircraft/<uuid:aircraft_id>/visits/<uuid:visit_id>/", pages.edit_visit, name="visit"),
    path("aircraft/<uuid:aircraft_id>/visits/<uuid:visit_id>/cancel/", pages.cancel, name="cancel"),
]
