"""The wall between accounts, tried from both sides."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django_scopes.exceptions import ScopeError

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.platform.tenancy.context import acting_in, current_account
from hangarlink.platform.tenancy.models import Account, TenantModel


def tenant_models() -> list[type[TenantModel]]:
    from django.apps import apps

    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def make_model(account: Account, name: str) -> AircraftModel:
    with acting_in(account):
        return AircraftModel.objects.create(account=account, name=name)


def test_a_query_outside_an_account_raises(account: Account) -> None:
    with pytest.raises(ScopeError):
        list(Aircraft.objects.all())
    with pytest.raises(LookupError):
        current_account()


def test_rows_of_another_account_do_not_exist(account: Account, other_account: Account) -> None:
    mine, theirs = make_model(account, "C172S"), make_model(other_account, "SR22")
    with acting_in(account):
        assert list(AircraftModel.objects.all()) == [mine]
        # Not even without the scope, by raw SQL or by primary key.
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM aircraft_model")
            assert cursor.fetchall() == [("C172S",)]
            cursor.execute("UPDATE aircraft_model SET name = 'x' WHERE id = %s", [theirs.id])
            assert cursor.rowcount == 0


def test_without_an_account_the_database_shows_nothing(account: Account) -> None:
    make_model(account, "C172S")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hangarlink.account_id', '', true)")
        cursor.execute("SELECT count(*) FROM aircraft_model")
        assert cursor.fetchone() == (0,)


def test_writing_for_another_account_is_refused(account: Account, other_account: Account) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), acting_in(account):
        AircraftModel.objects.create(account=other_account, name="SR22")


def test_a_reference_to_another_accounts_row_is_refused(account: Account, other_account: Account) -> None:
    theirs = make_model(other_account, "SR22")
    with pytest.raises(IntegrityError, match="same_account"), transaction.atomic(), acting_in(account):
        Aircraft.objects.create(account=account, registration="OY-AAA", aircraft_model_id=theirs.id)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_one_transaction_belongs_to_one_account(account: Account, other_account: Account) -> None:
    with acting_in(account), acting_in(account):
        pass
    with pytest.raises(RuntimeError, match="another account"), acting_in(account), acting_in(other_account):
        pass


def test_every_tenant_table_is_walled_and_checked(db: None) -> None:
    """A table that a migration forgot to list in IsolateTenants fails here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relrowsecurity")
        walled = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE conname LIKE '%_same_account'"
        )
        checked = {
            (table, name.removeprefix(f"{table}_").removesuffix("_same_account")) for table, name in cursor.fetchall()
        }
    for model in tenant_models():
        table = model._meta.db_table
        assert table in walled, f"{table} has no tenant policy"
        for field in model._meta.concrete_fields:
            target = field.related_model
            if isinstance(target, type) and issubclass(target, TenantModel):
                assert (table, field.column) in checked, f"{table}.{field.column} may point into another account"


def test_the_application_role_is_neither_owner_nor_superuser(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone() == (0,)
