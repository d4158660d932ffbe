"""Addresses of the hub: the same pages once for each settings area."""

from django.urls import URLPattern, URLResolver, include, path

from hangarlink.integration.contract import Area
from hangarlink.web.integrations import (
    access,
    accounts,
    aircraft,
    data,
    directory,
    model_sync,
    partner,
    parts,
    planning,
    record,
    refused,
    review,
    running,
    settings,
)
from hangarlink.web.integrations.areas import PLACES, namespace

ONE = "connections/<uuid:connection_id>/"
STREAM = "<str:flow>/<str:direction>/"


def pages_of(area: Area) -> list[URLPattern]:
    """One area's pages."""
    return [
        path("", directory.directory[area], name="directory"),
        path("review/", review.queue[area], name="queue"),
        path("partners/<str:key>/", partner.partner[area], name="partner"),
        path("partners/<str:key>/connect/", access.connect[area], name="connect"),
        path("partners/<str:key>/connect/test/", access.test[area], name="connect-test"),
        path(ONE, record.connection[area], name="connection"),
        path(ONE + "live/", record.live[area], name="live"),
        path(ONE + "data/", data.data[area], name="data"),
        path(ONE + "accounts/", accounts.accounts[area], name="accounts"),
        path(ONE + "accounts/read/", accounts.accounts_read[area], name="accounts-read"),
        path(ONE + "parts/", parts.parts[area], name="parts"),
        path(ONE + "plan/", planning.plan[area], name="plan"),
        path(ONE + "start/", planning.start[area], name="start"),
        path(ONE + "sync/", running.sync_now[area], name="sync"),
        path(ONE + "sync/" + STREAM, running.sync_stream[area], name="sync-stream"),
        path(ONE + "schedule/" + STREAM, running.schedule[area], name="schedule"),
        path(ONE + "dry-run/", running.dry_run[area], name="dry-run"),
        path(ONE + "aircraft/", aircraft.aircraft[area], name="aircraft"),
        path(ONE + "aircraft/<uuid:link_id>/<str:verb>/", aircraft.decide[area], name="aircraft-decide"),
        path(ONE + "refused/", refused.refused[area], name="refused"),
        path(ONE + "refused/decide/", refused.decide[area], name="decide"),
        path(ONE + "review/", review.reviews[area], name="review"),
        path(ONE + "review/<uuid:review_id>/", review.review[area], name="review-one"),
        path(ONE + "settings/", settings.settings[area], name="settings"),
        path(ONE + "settings/test/", settings.test[area], name="test"),
        path(ONE + "authorise/", settings.authorise[area], name="authorise"),
        path(ONE + "disconnect/", settings.disconnect[area], name="disconnect"),
        path(ONE + "pause/", running.pause[area], name="pause"),
        path(ONE + "resume/", running.resume[area], name="resume"),
    ]


urlpatterns: list[URLResolver | URLPattern] = [
    path("models/sync/", model_sync.overview, name="model-sync"),
    *(
        path(place.path, include((pages_of(area), "integrations"), namespace=namespace(area)))
        for area, place in PLACES.items()
    ),
]
