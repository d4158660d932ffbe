"""The connector of the scripted partner: customers, both ways. What a connector with nothing peculiar looks like."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from hangarlink.integration.contract import (
    ApiKey,
    Area,
    Category,
    Change,
    Connector,
    Cursor,
    Customer,
    DataError,
    Dataset,
    Directions,
    Frequency,
    Identity,
    Manifest,
    Page,
    Pushed,
    Response,
    StaleVersion,
    Unreadable,
    pulls,
    pushes,
)

NAMES = ("name", "email", "phone", "city", "notes")


class Book(Connector):
    manifest = Manifest(
        frequencies=tuple(Frequency),
        key="book",
        name="The Book",
        category=Category.CRM,
        area=Area.OPS,
        auth=ApiKey(),
        base_url="https://book.example.com",
        base_url_editable=True,
        datasets={Dataset.CUSTOMERS: Directions.BOTH},
    )

    def prove(self) -> Identity:
        told = self.http.call("GET", "/me", read=Response.json)
        return Identity(told["id"], told["name"])

    @pulls(Dataset.CUSTOMERS)
    def customers(self, cursor: Cursor) -> Iterator[Page[Customer]]:
        """Changed since the mark, in the order of change; a whole list when there is no mark."""
        since, after = cursor.get("since", 0), cursor.get("after", 0)
        mark = cursor.get("mark")
        while after is not None:
            asked = {"since": str(since), "after": str(after)}
            told = self.http.call("GET", "/customers", params=asked, read=Response.json)
            mark = told["mark"] if mark is None else mark
            after = told["after"]
            following = {"since": mark} if after is None else {"since": since, "mark": mark, "after": after}
            read = [_read(row) for row in told["items"]]
            yield Page(
                [one for one in read if isinstance(one, Customer)],
                Cursor(following),
                deleted=told["gone"],
                unreadable=[one for one in read if isinstance(one, Unreadable)],
                complete=after is None and not since,
                total=told["total"],
            )

    @pushes(Dataset.CUSTOMERS)
    def send(self, changes: Sequence[Change[Customer]]) -> Iterator[Pushed]:
        for change in changes:
            try:
                yield self._send(change)
            except DataError as error:
                yield Pushed(change.key, error=error)

    def _send(self, change: Change[Customer]) -> Pushed:
        record = change.record
        headers = {"Idempotency-Key": change.key}
        if change.is_deletion:
            self.http.call("DELETE", f"/customers/{record.external_id}", read=Response.json)
            return Pushed(change.key, record.external_id)
        if change.is_repeat:
            row = self.http.call("GET", "/by-key", params={"key": change.key}, read=Response.json)["row"]
            if row is not None:
                return Pushed(change.key, row["id"], str(row.get("version", "")), was_there=True)
        body = {name: getattr(record, name) for name in NAMES}
        if not record.external_id:
            row = self.http.call("POST", "/customers", json=body, headers=headers, read=Response.json)
        else:
            if change.external_version:
                headers["If-Match"] = change.external_version
            try:
                path = f"/customers/{record.external_id}"
                row = self.http.call("PUT", path, json=body, headers=headers, read=Response.json)
            except DataError as error:
                theirs = _stale(error)
                if theirs is None:
                    raise
                raise StaleVersion("The Book has a newer version.", theirs=theirs) from None
        return Pushed(change.key, row["id"], str(row.get("version", "")))


def _stale(error: DataError) -> Customer | None:
    row = Response(409, error.answer).json().get("row") if error.answer else None
    return as_customer(row) if row else None


def _read(row: Mapping[str, Any]) -> Customer | Unreadable:
    try:
        return as_customer(row)
    except DataError as error:
        return Unreadable(str(row.get("id", "")), str(error))


def as_customer(row: Mapping[str, Any]) -> Customer:
    return Customer(
        row["id"],
        **{name: row.get(name, "") for name in NAMES},
        version=str(row.get("version", "")),
        changed_at=datetime.fromisoformat(row["at"]) if "at" in row else None,
    )


connector = Book
