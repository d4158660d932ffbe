"""Addresses of webhooks."""

from django.urls import path

from hangarlink.web.webhooks import catalogue, deliveries, endpoints, incoming

app_name = "webhooks"
urlpatterns = [
    path("webhooks/", endpoints.endpoints, name="list"),
    path("webhooks/new/", endpoints.endpoint_new, name="new"),
    path("webhooks/events/", catalogue.events, name="events"),
    path("webhooks/incoming/", incoming.addresses, name="incoming"),
    path("webhooks/incoming/<uuid:connection_id>/", incoming.address, name="address"),
    path("webhooks/incoming/<uuid:connection_id>/issue/", incoming.address_issue, name="issue"),
    path("webhooks/incoming/<uuid:connection_id>/renew/", incoming.address_renew, name="renew"),
    path("webhooks/deliveries/<uuid:delivery_id>/", deliveries.delivery, name="delivery"),
    path("webhooks/deliveries/<uuid:delivery_id>/replay/", deliveries.delivery_replay, name="replay"),
    path("webhooks/<uuid:endpoint_id>/", endpoints.endpoint, name="endpoint"),
    path("webhooks/<uuid:endpoint_id>/change/", endpoints.endpoint_change, name="change"),
    path("webhooks/<uuid:endpoint_id>/rotate/", endpoints.endpoint_rotate, name="rotate"),
    path("webhooks/<uuid:endpoint_id>/test/", endpoints.endpoint_test, name="test"),
    path("webhooks/<uuid:endpoint_id>/pause/", endpoints.endpoint_pause, name="pause"),
    path("webhooks/<uuid:endpoint_id>/resume/", endpoints.endpoint_resume, name="resume"),
    path("webhooks/<uuid:endpoint_id>/replay/", deliveries.replay_since, name="replay_since"),
    path("webhooks/<uuid:endpoint_id>/delete/", endpoints.endpoint_delete, name="delete"),
]
