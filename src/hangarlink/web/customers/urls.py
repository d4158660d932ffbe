"""Addresses of customers."""

from django.urls import path

from hangarlink.web.customers import listing, record

app_name = "customers"
urlpatterns = [
    path("customers/", listing.customers, name="list"),
    path("customers/new/", record.new, name="new"),
    path("customers/<uuid:customer_id>/", record.customer, name="customer"),
    path("customers/<uuid:customer_id>/edit/", record.edit, name="edit"),
    path("customers/<uuid:customer_id>/archive/", record.archive, name="archive"),
]
