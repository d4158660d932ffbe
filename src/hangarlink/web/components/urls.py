"""Addresses of components."""

from django.urls import path

from hangarlink.web.components import acts, listing, record, types

app_name = "components"
ONE = "components/<uuid:component_id>/"
urlpatterns = [
    path("components/", listing.components, name="list"),
    path("components/new/", acts.new, name="new"),
    path("components/types/", types.types, name="types"),
    path("components/types/new/", types.new_type, name="new_type"),
    path("components/types/<uuid:type_id>/", types.one_type, name="type"),
    path("components/types/<uuid:type_id>/positions/new/", types.new_position, name="new_position"),
    path("components/positions/<uuid:position_id>/remove/", types.drop_position, name="drop_position"),
    path("components/parts/<uuid:item_id>/limit/", types.limit, name="limit"),
    path(ONE, record.component, name="component"),
    path(f"{ONE}edit/", acts.edit, name="edit"),
    path(f"{ONE}install/", acts.install_page, name="install"),
    path(f"{ONE}remove/", acts.remove_page, name="remove"),
    path(f"{ONE}move/", acts.move_page, name="move"),
    path(f"{ONE}exchange/", acts.exchange_page, name="exchange"),
    path(f"{ONE}work/", acts.work_page, name="work"),
    path(f"{ONE}past/", acts.past_page, name="past"),
    path(f"{ONE}rating/", acts.rating_page, name="rating"),
    path(f"{ONE}counters/<uuid:counter_id>/<slug:what>/", acts.tell_page, name="tell"),
    path(f"{ONE}moves/<uuid:placement_id>/correct/", acts.again, name="again"),
    path(f"{ONE}moves/<uuid:placement_id>/undo/", acts.undo, name="undo"),
    path("aircraft/<uuid:aircraft_id>/components/", record.of_aircraft, name="of_aircraft"),
    path("aircraft/<uuid:aircraft_id>/components/new/", acts.found_on, name="found_on"),
    path("models/<uuid:model_id>/positions/", types.of_model, name="of_model"),
    path("models/<uuid:model_id>/positions/new/", types.new_position_of_model, name="new_position_of_model"),
]
