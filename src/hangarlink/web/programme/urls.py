"""Addresses of what is due."""

from django.urls import path

from hangarlink.web.programme import (
    baselines,
    discrepancies,
    due_list,
    happenings,
    item,
    looking_back,
    variations,
    work,
)

app_name = "due"
urlpatterns = [
    path("", due_list.due, name="list"),
    path("aircraft/<uuid:aircraft_id>/events/", happenings.events, name="events"),
    path("aircraft/<uuid:aircraft_id>/events/new/", happenings.record, name="record_event"),
    path("aircraft/<uuid:aircraft_id>/events/<uuid:event_id>/", happenings.event, name="event"),
    path("aircraft/<uuid:aircraft_id>/events/<uuid:event_id>/withdraw/", happenings.withdraw, name="withdraw_event"),
    path("discrepancies/", discrepancies.at_work, name="discrepancies"),
    path("discrepancies/usage/", discrepancies.in_usage, name="usage_discrepancies"),
    path("discrepancies/<uuid:discrepancy_id>/", discrepancies.settle, name="settle"),
    path("<uuid:item_id>/", item.item, name="item"),
    path("<uuid:item_id>/explanation.json", looking_back.explanation, name="explanation"),
    path("<uuid:item_id>/start/", baselines.baseline, name="baseline"),
    path("<uuid:item_id>/variation/", variations.approve, name="vary"),
    path("<uuid:item_id>/variation/<uuid:variation_id>/", variations.withdraw, name="withdraw_variation"),
    path("<uuid:item_id>/record/", work.record, name="record"),
    path("<uuid:item_id>/done/<uuid:done_id>/", work.correct, name="correct"),
    path("<uuid:item_id>/done/<uuid:done_id>/withdraw/", work.withdraw, name="withdraw"),
]
