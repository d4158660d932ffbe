"""Addresses of defects."""

from django.urls import path

from hangarlink.web.defects import listing, record

app_name = "defects"
urlpatterns = [
    path("defects/", listing.defects, name="list"),
    path("defects/<uuid:defect_id>/", record.defect, name="defect"),
    path("defects/<uuid:defect_id>/rectify/", record.rectify, name="rectify"),
    path("defects/<uuid:defect_id>/close/", record.close, name="close"),
    path("defects/<uuid:defect_id>/reopen/", record.reopen, name="reopen"),
    path("aircraft/<uuid:aircraft_id>/defects/", listing.of_aircraft, name="of_aircraft"),
    path("aircraft/<uuid:aircraft_id>/defects/new/", record.report, name="report"),
]
