"""Addresses of the fleet."""

from django.urls import path

from hangarlink.web.fleet import aircraft, aircraft_models

app_name = "fleet"
urlpatterns = [
    path("aircraft/", aircraft.aircraft_list, name="list"),
    path("aircraft/<uuid:aircraft_id>/", aircraft.aircraft, name="aircraft"),
    path("models/", aircraft_models.models, name="models"),
    path("models/<uuid:model_id>/", aircraft_models.model, name="model"),
]
