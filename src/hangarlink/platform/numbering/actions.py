"""`next_number`."""

from django.db import connection

from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import new_id


def next_number(series: str) -> int:
    """One up, inside the transaction that uses it: a rollback gives it back, so there is never a gap.

    Others who want a number of the same series and account wait until that transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO last_number AS last (id, account_id, series, number) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (account_id, series) DO UPDATE SET number = last.number + 1 RETURNING number",
            [new_id(), current_account().id, series],
        )
        return int(cursor.fetchone()[0])


def next_numbers(series: str, count: int) -> range:
    """So many at once, for a page of rows: as `next_number`, in one statement."""
    if count < 1:
        return range(0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO last_number AS last (id, account_id, series, number) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (account_id, series) DO UPDATE SET number = last.number + excluded.number RETURNING number",
            [new_id(), current_account().id, series, count],
        )
        (last,) = cursor.fetchone()
    return range(int(last) - count + 1, int(last) + 1)
