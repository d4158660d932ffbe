"""Addresses of the diagnoses."""

from django.urls import path

from hangarlink.web.diagnose import pages

app_name = "diagnose"
urlpatterns = [
    path("diagnose/connections/<uuid:subject_id>/", pages.connection, name="connection"),
    path("diagnose/aircraft/<uuid:subject_id>/", pages.aircraft, name="aircraft"),
    path("diagnose/aircraft/<uuid:subject_id>/status/", pages.status, name="status"),
    path("diagnose/defects/<uuid:subject_id>/", pages.defect, name="defect"),
    path("diagnose/applications/<uuid:subject_id>/", pages.application, name="application"),
    path("diagnose/webhooks/<uuid:subject_id>/", pages.webhook, name="webhook"),
    path("diagnose/people/<uuid:subject_id>/", pages.member, name="member"),
]
