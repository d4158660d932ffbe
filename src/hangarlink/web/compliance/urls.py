"""Addresses of compliance."""

from django.urls import path

from hangarlink.web.compliance import assessing, directives, editing, listing, paragraphs, permits, report, together

app_name = "compliance"
_ON = "compliance/directives/<uuid:directive_id>/on/<str:on>/"
urlpatterns = [
    path("compliance/", listing.queue, name="queue"),
    path("compliance/directives/", directives.listing, name="directives"),
    path("compliance/directives/new/", editing.new, name="new"),
    path("compliance/directives/examples/", editing.examples, name="examples"),
    path("compliance/directives/<uuid:directive_id>/", directives.directive, name="directive"),
    path("compliance/directives/<uuid:directive_id>/revise/", editing.revise, name="revise"),
    path("compliance/directives/<uuid:directive_id>/product/", editing.product, name="product"),
    path("compliance/directives/<uuid:directive_id>/supersede/", editing.supersede, name="supersede"),
    path("compliance/directives/<uuid:directive_id>/assess/", together.together, name="together"),
    path("compliance/directives/<uuid:directive_id>/cancel/", editing.cancel, name="cancel"),
    path("compliance/directives/<uuid:directive_id>/paragraphs/new/", paragraphs.new, name="new_paragraph"),
    path("compliance/products/<uuid:product_id>/remove/", editing.remove, name="remove_product"),
    path("compliance/paragraphs/<uuid:paragraph_id>/limits/", paragraphs.limits, name="limits"),
    path("compliance/paragraphs/<uuid:paragraph_id>/retire/", paragraphs.retire, name="retire_paragraph"),
    path(_ON, assessing.assessment, name="assessment"),
    path(f"{_ON}applicable/", assessing.applicable, name="applicable"),
    path(f"{_ON}not-applicable/", assessing.not_applicable, name="not_applicable"),
    path(f"{_ON}terminate/", assessing.ends, name="terminate"),
    path(f"{_ON}reopen/", assessing.again, name="reopen"),
    path(f"{_ON}credit/", assessing.credit, name="credit"),
    path(f"{_ON}amoc/", assessing.amoc, name="amoc"),
    path("compliance/amocs/<uuid:amoc_id>/withdraw/", assessing.withdraw, name="withdraw_amoc"),
    path("compliance/permits/<uuid:permit_id>/", permits.permit, name="permit"),
    path("compliance/permits/<uuid:permit_id>/use/", permits.use, name="use_permit"),
    path("compliance/permits/<uuid:permit_id>/revoke/", permits.revoke, name="revoke_permit"),
    path("aircraft/<uuid:aircraft_id>/directives/", report.of_aircraft, name="report"),
    path("aircraft/<uuid:aircraft_id>/permits/new/", permits.new, name="new_permit"),
]
