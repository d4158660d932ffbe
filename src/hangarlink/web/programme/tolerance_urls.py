"""Addresses of tolerance classes."""

from django.urls import path

from hangarlink.web.programme import tolerances

app_name = "tolerances"
urlpatterns = [
    path("", tolerances.listing, name="list"),
    path("new/", tolerances.new, name="new"),
    path("published/", tolerances.add_ready, name="add_ready"),
    path("<uuid:tolerance_id>/", tolerances.tolerance, name="tolerance"),
    path("<uuid:tolerance_id>/change/", tolerances.change, name="change"),
    path("<uuid:tolerance_id>/retire/", tolerances.retire, name="retire"),
]
