"""Addresses of the sync log."""

from django.urls import path

from hangarlink.web.synclog import download, runs

app_name = "synclog"
urlpatterns = [
    path("sync-logs/", runs.runs, name="list"),
    path("sync-logs/<uuid:run_id>/", runs.run, name="run"),
    path("sync-logs/<uuid:run_id>/live/", runs.run_live, name="live"),
    path("sync-logs/<uuid:run_id>/download.<str:form>", download.download, name="download"),
    path("sync-logs/<uuid:run_id>/stop/", runs.run_stop, name="stop"),
]
