"""Addresses of what is tracked elsewhere."""

from django.urls import path

from hangarlink.web.tracked import pages

app_name = "tracked"
urlpatterns = [
    path("<uuid:item_id>/", pages.item, name="item"),
    path("systems/<uuid:source_id>/", pages.source, name="source"),
    path("systems/<uuid:source_id>/age/", pages.age, name="age"),
    path("systems/<uuid:source_id>/gone/", pages.forget, name="forget"),
]
