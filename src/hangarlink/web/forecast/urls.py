"""Addresses of forecasts, plans and the dispatch question."""

from django.urls import URLPattern, URLResolver, include, path

from hangarlink.web.forecast import dispatching, planning, workload

Urls = list[URLPattern | URLResolver]

app_name = "forecast"
_planning: Urls = [
    path("", planning.planning, name="planning"),
    path("flights/new/", planning.new_flight, name="new_flight"),
    path("flights/<uuid:flight_id>/withdraw/", planning.withdraw, name="withdraw"),
    path("complete/", planning.complete, name="complete"),
    path("standing/new/", planning.new_parking, name="new_parking"),
    path("standing/<uuid:parking_id>/", planning.edit_parking, name="parking"),
    path("standing/<uuid:parking_id>/remove/", planning.drop_parking, name="remove_parking"),
    path("ratio/<uuid:counter_id>/", planning.ratio, name="ratio"),
]
urlpatterns: Urls = [
    path("aircraft/<uuid:aircraft_id>/dispatch/", dispatching.ask, name="dispatch"),
    path("aircraft/<uuid:aircraft_id>/planning/", include(_planning)),
    path("forecast/", workload.chart, name="workload"),
    path("forecast/calendar/", workload.calendar, name="calendar"),
    path("forecast/items/", workload.items, name="items"),
]
