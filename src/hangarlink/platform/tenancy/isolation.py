"""Row-level security, written by hand in migrations: `IsolateTenants("aircraft", "counter")`."""

from typing import Any

from django.db.migrations.operations.special import RunSQL

POLICY = "account_id = nullif(current_setting('hangarlink.account_id', true), '')::uuid"


class IsolateTenants(RunSQL):
    """Hide other accounts' rows from the application role, and refuse writing rows for another account.

    tables      tenant tables made in this migration
    referenced  those of them that other tables point to; they get the unique (account_id, id) a reference needs
    references  (table, column, target): the database also refuses a reference to another account's row, which a
                plain foreign key would accept because its check does not see policies
    """

    def __init__(
        self,
        *tables: str,
        referenced: tuple[str, ...] = (),
        references: tuple[tuple[str, str, str], ...] = (),
    ) -> None:
        self._arguments = (tables, referenced, references)
        done: list[Any] = []
        undone: list[Any] = []
        for table in tables:
            done.append(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            done.append(f'CREATE POLICY tenant ON "{table}" USING ({POLICY}) WITH CHECK ({POLICY})')
            undone.append(f'DROP POLICY tenant ON "{table}"')
        for table in referenced:
            done.append(f'CREATE UNIQUE INDEX "{table}_account_key" ON "{table}" (account_id, id)')
            undone.append(f'DROP INDEX "{table}_account_key"')
        for table, column, target in references:
            constraint = f'"{table}_{column}_same_account"'
            done.append(
                f'ALTER TABLE "{table}" ADD CONSTRAINT {constraint} FOREIGN KEY (account_id, "{column}") '
                f'REFERENCES "{target}" (account_id, id) DEFERRABLE INITIALLY DEFERRED'
            )
            undone.insert(0, f'ALTER TABLE "{table}" DROP CONSTRAINT {constraint}')
        super().__init__(done, undone)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        tables, referenced, references = self._arguments
        return type(self).__name__, list(tables), {"referenced": referenced, "references": references}
