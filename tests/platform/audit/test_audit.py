"""The audit trail keeps old and new values, and nobody rewrites it."""

import os

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from hangarlink.fleet.models import AircraftModel
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.permissions import SYSTEM, Actor
from hangarlink.platform.tenancy.models import Account


def test_an_entry_says_who_what_and_both_values(acting: Account, acting_user: Actor) -> None:
    model = AircraftModel.objects.create(account=acting, name="C172S")
    old, new = changes(model, {"name": "C172SP", "manufacturer": ""})
    record(acting_user, model, "changed", old=old, new=new)
    entry = AuditEntry.objects.get()
    assert (entry.actor_label, entry.object_type, entry.object_label) == ("Kim Larsen", "aircraft_model", "C172S")
    assert (entry.old, entry.new) == ({"name": "C172S"}, {"name": "C172SP"})


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_the_application_cannot_rewrite_the_trail(acting: Account, statement: str) -> None:
    record(SYSTEM, acting, "tested")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_not_even_the_owner_rewrites_it_by_accident(db: None, statement: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute(statement)
