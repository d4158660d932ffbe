"""Addresses of notification rules."""

from django.urls import path

from hangarlink.web.notifications import pages

app_name = "notifications"
urlpatterns = [
    path("notifications/", pages.rules, name="list"),
    path("notifications/new/", pages.rule_new, name="new"),
    path("notifications/<uuid:rule_id>/", pages.rule, name="rule"),
    path("notifications/<uuid:rule_id>/change/", pages.rule_change, name="change"),
    path("notifications/<uuid:rule_id>/test/", pages.rule_test, name="test"),
    path("notifications/<uuid:rule_id>/pause/", pages.rule_pause, name="pause"),
    path("notifications/<uuid:rule_id>/remove/", pages.rule_remove, name="remove"),
]
