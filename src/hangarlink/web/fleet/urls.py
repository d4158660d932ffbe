"""Addresses of the fleet."""

from django.urls import URLPattern, URLResolver, include, path

from hangarlink.web.fleet import (
    aircraft,
    aircraft_forms,
    aircraft_models,
    board,
    counters,
    flights,
    model_forms,
    pictures,
    register,
    sync,
    usage,
)

Urls = list[URLPattern | URLResolver]

app_name = "fleet"
_entry: Urls = [
    path("correct/", usage.correct_entry, name="correct_entry"),
    path("withdraw/", usage.withdraw, name="withdraw_entry"),
]
_counter: Urls = [
    path("", counters.counter, name="counter"),
    path("edit/", aircraft_forms.edit_counter, name="edit_counter"),
    path("reading/", usage.reading, name="reading"),
    path("opening/", usage.opening, name="opening"),
    path("replacement/", usage.replacement, name="replacement"),
    path("discrepancies/<uuid:discrepancy_id>/", usage.settle, name="settle"),
    path("entries/<uuid:entry_id>/", include(_entry)),
]
_flight: Urls = [
    path("", flights.flight, name="flight"),
    path("correct/", flights.correct, name="correct_flight"),
    path("cancel/", flights.cancel, name="cancel_flight"),
]
_aircraft: Urls = [
    path("", aircraft.aircraft, name="aircraft"),
    path("edit/", aircraft_forms.edit_aircraft, name="edit"),
    path("picture/", pictures.aircraft_picture, name="picture"),
    path("picture/edit/", pictures.edit_aircraft_picture, name="edit_picture"),
    path("counters/new/", aircraft_forms.new_counter, name="new_counter"),
    path("flights/", flights.flights, name="flights"),
    path("flights/new/", flights.new_flight, name="new_flight"),
    path("flights/<uuid:flight_id>/", include(_flight)),
    path("counters/<uuid:counter_id>/", include(_counter)),
]
urlpatterns = [
    path("", board.fleet_board, name="board"),
    path("sync/", sync.start, name="sync"),
    path("sync/<uuid:run_id>/", sync.progress, name="sync_progress"),
    path("aircraft/", register.register, name="list"),
    path("aircraft/new/", aircraft_forms.new_aircraft, name="new"),
    path("aircraft/<uuid:aircraft_id>/", include(_aircraft)),
    path("models/", aircraft_models.models, name="models"),
    path("models/new/", model_forms.new_model, name="new_model"),
    path("models/<uuid:model_id>/edit/", model_forms.edit_model, name="edit_model"),
    path("models/<uuid:model_id>/", aircraft_models.model, name="model"),
    path("models/<uuid:model_id>/picture/", pictures.model_picture, name="model_picture"),
    path("models/<uuid:model_id>/picture/edit/", pictures.edit_model_picture, name="edit_model_picture"),
]
