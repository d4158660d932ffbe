"""Addresses of connections."""

from django.urls import path

from hangarlink.web.connections import flightlogger, matching, oauth, planning, record, refused, running, settings

ONE = "connections/flightlogger/<uuid:connection_id>/"

app_name = "connections"
urlpatterns = [
    path("integrations/oauth/callback", oauth.callback, name="oauth-callback"),
    path("integrations/oauth/finish", oauth.finish, name="oauth-finish"),
    path("integrations/oauth/again/<uuid:connection_id>/", oauth.authorise_again, name="authorise-again"),
    path("connections/flightlogger/", flightlogger.flightlogger, name="flightlogger"),
    path("connections/flightlogger/connect/", flightlogger.connect, name="connect"),
    path("connections/flightlogger/connect/test/", flightlogger.test_key, name="test-key"),
    path(ONE, record.connection, name="connection"),
    path(ONE + "live/", record.live, name="live"),
    path(ONE + "sync/<str:flow>/", running.sync_now, name="sync"),
    path(ONE + "dry-run/<str:flow>/", running.dry_run, name="dry-run"),
    path(ONE + "schedule/<str:flow>/", running.schedule, name="schedule"),
    path(ONE + "pause/", running.pause, name="pause"),
    path(ONE + "resume/", running.resume, name="resume"),
    path(ONE + "aircraft/", matching.aircraft, name="aircraft"),
    path(ONE + "aircraft/live/", matching.aircraft_live, name="aircraft-live"),
    path(ONE + "aircraft/read/", matching.aircraft_read, name="aircraft-read"),
    path(ONE + "aircraft/adopt/", matching.aircraft_adopt, name="aircraft-adopt"),
    path(ONE + "openings/<uuid:counter_id>/", matching.opening_adopt, name="opening-adopt"),
    path(ONE + "aircraft/<uuid:link_id>/", matching.match, name="match"),
    path(ONE + "aircraft/<uuid:link_id>/<str:verb>/", matching.match_change, name="match-change"),
    path(ONE + "refused/", refused.refused, name="refused"),
    path(ONE + "refused/decide/", refused.decide, name="decide"),
    path(ONE + "plan/", planning.plan, name="plan"),
    path(ONE + "start/", planning.start, name="start"),
    path(ONE + "settings/", settings.settings, name="settings"),
    path(ONE + "settings/test/", settings.test, name="test"),
    path(ONE + "disconnect/", settings.disconnect, name="disconnect"),
]
