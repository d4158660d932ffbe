"""Every page. Each room brings its own; see docs/contributor/pages.md."""

from django.urls import include, path

from hangarlink.web import search

urlpatterns = [
    path("", include("hangarlink.web.sign_in.urls")),
    path("", include("hangarlink.web.fleet.urls")),
    path("", include("hangarlink.web.defects.urls")),
    path("", include("hangarlink.web.components.urls")),
    path("", include("hangarlink.web.compliance.urls")),
    path("", include("hangarlink.web.customers.urls")),
    path("", include("hangarlink.web.trips.urls")),
    path("", include("hangarlink.web.billing.urls")),
    path("due/", include("hangarlink.web.programme.urls")),
    path("due/tracked/", include("hangarlink.web.tracked.urls")),
    path("tolerance-classes/", include("hangarlink.web.programme.tolerance_urls")),
    path("requirements/", include("hangarlink.web.programme.requirement_urls")),
    path("programmes/", include("hangarlink.web.amp.urls")),
    path("", include("hangarlink.web.connections.urls")),
    path("", include("hangarlink.web.integrations.urls")),
    path("", include("hangarlink.web.synclog.urls")),
    path("", include("hangarlink.web.notifications.urls")),
    path("", include("hangarlink.web.alerts.urls")),
    path("", include("hangarlink.web.inbound.urls")),
    path("", include("hangarlink.web.webhooks.urls")),
    path("", include("hangarlink.web.applications.urls")),
    path("", include("hangarlink.web.people.urls")),
    path("", include("hangarlink.web.audit.urls")),
    path("", include("hangarlink.web.privacy.urls")),
    path("", include("hangarlink.web.account.urls")),
    path("", include("hangarlink.web.diagnose.urls")),
    path("", include("hangarlink.web.visits.urls")),
    path("", include("hangarlink.web.forecast.urls")),
    path("search/", include(([path("", search.search, name="search")], "web"))),
]
