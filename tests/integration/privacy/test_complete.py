"""A column that names somebody is known to a room's privacy module, or this test says which one was forgotten."""

from django.apps import apps

from hangarlink.platform.privacy.registry import ROOMS

# Every column that can hold the name or address of a person, and the room that answers for it.
ANSWERED_BY = {
    "accomplishment.recorded_by_label": "Maintenance records",
    "audit_entry.actor_label": "Audit trail",
    "clock_entry.recorded_by_label": "Component records",
    "component_work.recorded_by_label": "Component records",
    "conflict_review.decided_by_label": "Review",
    "correction.made_by_label": "Usage",
    "customer.email": "Customers",
    "customer.phone": "Customers",
    "defect.reported_by": "Defects",
    "directive_amoc.recorded_by_label": "Compliance",
    "directive_decision.decided_by_label": "Compliance",
    "discrepancy.settled_by_label": "Usage",
    "document.uploaded_by_label": "Documents",
    "event_record.recorded_by_label": "Maintenance records",
    "invitation.email": "Users",
    "person.email": "Users",
    "placement.recorded_by_label": "Component records",
    "programme_review.recorded_by_label": "Maintenance programmes",
    "programme_revision.approved_by_label": "Maintenance programmes",
    "programme_revision.created_by_label": "Maintenance programmes",
    "special_flight_permit.recorded_by_label": "Compliance",
    "sync_run.requested_by_label": "Sync logs",
    "value_discrepancy.settled_by_label": "Maintenance records",
    "variation.recorded_by_label": "Maintenance records",
    "variation.withdrawn_by_label": "Maintenance records",
}
NAMING = ("email", "reported_by", "phone")


def naming_columns() -> set[str]:
    return {
        f"{model._meta.db_table}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("hangarlink.")
        for field in model._meta.concrete_fields
        if field.name in NAMING or field.name.endswith(("_by_label", "actor_label"))
    }


def test_no_column_that_names_somebody_is_forgotten() -> None:
    found = naming_columns()
    assert found - set(ANSWERED_BY) == set(), "say in the room's privacy.py what becomes of it, then list it here"
    assert set(ANSWERED_BY) - found == set(), "these are gone"


def test_every_room_that_answers_is_heard() -> None:
    assert set(ANSWERED_BY.values()) <= {room for room, _ in ROOMS}
