"""Addresses of trips."""

from django.urls import path

from hangarlink.web.trips import listing, record

app_name = "trips"
urlpatterns = [
    path("trips/", listing.all_trips, name="list"),
    path("trips/new/", record.new, name="new"),
    path("trips/<uuid:trip_id>/", record.trip, name="trip"),
    path("trips/<uuid:trip_id>/edit/", record.edit, name="edit"),
    path("trips/<uuid:trip_id>/legs/new/", record.new_leg, name="new_leg"),
    path("trips/<uuid:trip_id>/legs/<uuid:leg_id>/", record.edit_leg, name="edit_leg"),
    path("trips/<uuid:trip_id>/legs/<uuid:leg_id>/remove/", record.delete_leg, name="remove_leg"),
    path("trips/<uuid:trip_id>/confirm/", record.confirm, name="confirm"),
    path("trips/<uuid:trip_id>/complete/", record.complete, name="complete"),
    path("trips/<uuid:trip_id>/cancel/", record.cancel, name="cancel"),
    path("trips/<uuid:trip_id>/reopen/", record.reopen, name="reopen"),
]
