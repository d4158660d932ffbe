"""`acting_in`: for whom this request, job or command works."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import connection, transaction
from django_scopes import get_scope, scope

from hangarlink.platform.tenancy.models import Account


@contextmanager
def acting_in(account: Account) -> Iterator[Account]:
    """Open a transaction in which only this account's rows exist.

    The setting is local to the transaction: it cannot outlive it, also not on a pooled connection. Nested use for the
    same account is a savepoint; for another account it is a mistake and raises.
    """
    outer = get_scope().get("account")
    if outer is not None and outer != account:
        raise RuntimeError("Already acting in another account: one transaction belongs to one account.")
    nested = connection.in_atomic_block
    with (
        transaction.atomic(),
        scope(account=account),
        structlog.contextvars.bound_contextvars(account=account.subdomain),
    ):
        _show_rows_of(str(account.id))
        yield account
        if nested and not transaction.get_rollback():
            # A savepoint does not take the setting back when it is released; a rollback does.
            _show_rows_of(str(outer.id) if outer is not None else "")


def _show_rows_of(account_id: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hangarlink.account_id', %s, true)", [account_id])


def current_account() -> Account:
    """The account of the running request, job or command. Raises LookupError outside `acting_in`."""
    account = get_scope().get("account")
    if not isinstance(account, Account):
        raise LookupError("No account: wrap the work in tenancy.acting_in(account).")
    return account
