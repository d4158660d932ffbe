"""Addresses of requirements."""

from django.urls import path

from hangarlink.web.programme import requirement_forms, requirements, satisfactions

app_name = "requirements"
urlpatterns = [
    path("", requirements.listing, name="list"),
    path("new/", requirement_forms.new, name="new"),
    path("<uuid:requirement_id>/", requirements.requirement, name="requirement"),
    path("<uuid:requirement_id>/revise/", requirement_forms.revise, name="revise"),
    path("<uuid:requirement_id>/apply/", requirements.apply, name="apply"),
    path("<uuid:requirement_id>/satisfies/", satisfactions.add, name="add_satisfaction"),
    path("<uuid:requirement_id>/satisfies/<uuid:satisfied_id>/", satisfactions.remove, name="remove_satisfaction"),
    path("<uuid:requirement_id>/retire/", requirements.retire, name="retire"),
    path("<uuid:requirement_id>/withdraw/<uuid:target_id>/", requirements.withdraw, name="withdraw"),
]
