"""A partner's raw records as due items. What cannot be understood is named record by record; the rest still counts."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from hangarlink.connectors.tracker import values
from hangarlink.connectors.tracker.documents import Document, Raw
from hangarlink.connectors.tracker.profile import DueItems, Identity, Profile, Term
from hangarlink.integration.contract import (
    LONGEST_ID,
    Aircraft,
    DataError,
    DueItem,
    DueStatus,
    DueTerm,
    TermKind,
    Unreadable,
)

JOINED_BY = " | "


def needed_columns(source: DueItems, identity: Identity) -> list[str]:
    """Columns without which a table cannot be read: what names aircraft and item, and one of each limit."""
    fields = source.fields
    names = [*fields.external_id, *fields.title]
    if identity is Identity.PARTNER_ID:
        names += [fields.aircraft_id or ""]
    else:
        names += [fields.registration or ""]
    if identity is Identity.REGISTRATION_AND_SERIAL:
        names += [fields.serial_number or ""]
    names += [term.remaining or term.due_at or "" for term in source.terms]
    return list(dict.fromkeys(filter(None, names)))


def read_items(document: Document, profile: Profile, *, as_of: datetime) -> tuple[list[DueItem], list[Unreadable]]:
    """The items of a document. as_of: for those that do not say it themselves."""
    source = profile.due_items
    assert source is not None  # noqa: S101 - who reads has a section to read by
    if source.as_of is not None:
        as_of = values.moment(document.frame.get(source.as_of) or "", source.values, source.as_of)
    items: dict[str, DueItem] = {}
    unreadable = []
    for raw in document.records:
        try:
            item = _item(raw, source, profile.identity, as_of)
            if items.setdefault(item.external_id, item) != item:
                raise DataError("Another record of the same document has the same id and says something else.")
        except DataError as error:
            unreadable.append(_unreadable(raw, source, error))
    return list(items.values()), unreadable


def _item(raw: Raw, source: DueItems, identity: Identity, as_of: datetime) -> DueItem:
    fields = source.fields
    if fields.as_of and not values.is_empty(told := raw.get(fields.as_of), source.values):
        as_of = values.moment(told, source.values, fields.as_of)
    return DueItem(
        external_id=_external_id(raw, source),
        aircraft=_aircraft(raw, source, identity),
        title=" ".join(filter(None, (_text(raw, name, source) for name in fields.title)))[:300],
        terms=tuple(term for one in source.terms if (term := _term(raw, one, source)) is not None),
        as_of=as_of,
        reference=_text(raw, fields.reference, source),
        ata=_text(raw, fields.ata, source),
        serial_number=_text(raw, fields.component_serial, source),
        status=_status(_text(raw, fields.status, source), source),
    )


def _external_id(raw: Raw, source: DueItems) -> str:
    """The partner's id, or one made of several parts: only the last may be empty, such as a component's number.

    A long one is cut and keeps a digest of itself.
    """
    names = source.fields.external_id
    parts = [_text(raw, name, source) for name in names]
    needed = parts[:-1] or parts
    if not all(needed):
        raise DataError(f"{names[needed.index('')]} is empty, and the item has no id without it.")
    joined = JOINED_BY.join(filter(None, parts))
    if len(joined) <= LONGEST_ID:
        return joined
    digest = hashlib.sha256(joined.encode()).hexdigest()[:32]
    return f"{joined[: LONGEST_ID - 33]}~{digest}"


def _aircraft(raw: Raw, source: DueItems, identity: Identity) -> Aircraft:
    fields = source.fields
    registration, serial = _text(raw, fields.registration, source), _text(raw, fields.serial_number, source)
    if identity is Identity.PARTNER_ID:
        aircraft_id = _text(raw, fields.aircraft_id, source)
        if not aircraft_id:
            raise DataError(f"{fields.aircraft_id} is empty: the item names no aircraft.")
        # Nothing but the partner's id counts; a person links it.
        return Aircraft(aircraft_id, call_sign=registration or aircraft_id)
    if not registration:
        raise DataError(f"{fields.registration} is empty: the item names no aircraft.")
    if identity is Identity.REGISTRATION:
        return Aircraft(_text(raw, fields.aircraft_id, source) or registration, registration=registration)
    if not serial:
        raise DataError(f"{fields.serial_number} is empty; this profile matches by registration and serial number.")
    return Aircraft(
        _text(raw, fields.aircraft_id, source) or registration, registration=registration, serial_number=serial
    )


def _term(raw: Raw, term: Term, source: DueItems) -> DueTerm | None:
    """One limit, or None where the item has none of this kind."""
    due_at, remaining = (_value(raw, name, term, source) for name in (term.due_at, term.remaining))
    if due_at is None and remaining is None:
        return None
    left = None if isinstance(remaining, date) else remaining
    return DueTerm(term.kind, due_at, left, counter=term.counter)


def _value(raw: Raw, name: str | None, term: Term, source: DueItems) -> int | date | None:
    if name is None or values.is_empty(told := raw.get(name), source.values):
        return None
    if term.kind is TermKind.HOURS:
        return values.seconds(told, term.unit or source.values.hours, source.values, name)
    if term.kind is TermKind.DATE and name == term.due_at:
        return values.day(told, source.values, name)
    return values.count(told, source.values, name)


def _status(said: str, source: DueItems) -> DueStatus:
    """The partner's word, translated; one that the profile does not know is unknown, never good."""
    for theirs, ours in source.statuses.items():
        if theirs.casefold() == said.casefold():
            return ours
    return DueStatus.UNKNOWN


def _text(raw: Raw, name: str | None, source: DueItems) -> str:
    if name is None or values.is_empty(found := raw.get(name), source.values):
        return ""
    if isinstance(found, bool):
        raise DataError(f"{name} is {found}, not a text.")
    return " ".join(str(found).split())


def _unreadable(raw: Raw, source: DueItems, error: DataError) -> Unreadable:
    def plain(names: Sequence[str]) -> str:
        return JOINED_BY.join(str(found) for name in names if isinstance(found := raw.get(name), str | int))

    subject = ", ".join(filter(None, (plain([source.fields.registration or ""]), plain(source.fields.title))))
    return Unreadable(plain(source.fields.external_id)[:LONGEST_ID], str(error)[:400], subject[:200])
