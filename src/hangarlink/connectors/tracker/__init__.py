"""Maintenance trackers: flight times and totals out, due items in. What a partner is like is a profile, not code.

No tracker publishes its wire format (docs/integrator/tracker-profiles.md), so each connector here is one class with a
manifest and a profile of its own. The ready profiles are what our sandbox speaks and a starting point: an operator
pastes the partner's own names into a copy.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

from hangarlink.connectors.tracker.documents import Raw, read_frame
from hangarlink.connectors.tracker.profile import Format, Profile, Send, parse_profile, ready_profile
from hangarlink.connectors.tracker.reading import needed_columns, read_items
from hangarlink.connectors.tracker.sources import Told, from_files, from_service
from hangarlink.connectors.tracker.writing import CONTENT_TYPES, Row, document, flight_row, single, stamp, totals_row
from hangarlink.integration.contract import (
    ApiKey,
    Area,
    Category,
    Change,
    ClientCredentials,
    Connector,
    CounterTotals,
    Cursor,
    DataError,
    Dataset,
    Directions,
    DueItem,
    Field,
    FieldKind,
    FlightTimes,
    Folder,
    Frequency,
    Identity,
    Malformed,
    Manifest,
    NotReady,
    Page,
    Permanent,
    Pushed,
    Response,
    Sftp,
    Tier,
    Transport,
    UserPassword,
    pulls,
    pushes,
)

DATASETS = {
    Dataset.DUE_ITEMS: Directions.PULL,
    Dataset.COUNTER_TOTALS: Directions.PUSH,
    Dataset.FLIGHT_TIMES: Directions.PUSH,
}
PROFILE = Field(
    "profile",
    "Profile",
    kind=FieldKind.LONG_TEXT,
    is_required=False,
    help="The partner's format as TOML. Empty uses the profile that comes with Hangarlink.",
)
# What may stand in an address without leading elsewhere, even at a partner that decodes it twice.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]*")
FREQUENCIES = (Frequency.SIX_HOURLY, Frequency.HOURLY, Frequency.DAILY, Frequency.MANUAL)


def manifest_for(key: str, name: str, **values: Any) -> Manifest:
    """The manifest of one tracker: all of them carry the same, in the same way."""
    return Manifest(
        key=key,
        name=name,
        category=Category.MAINTENANCE,
        area=Area.OPS,
        datasets=DATASETS,
        frequencies=FREQUENCIES,
        options=(PROFILE,),
        tier=Tier.BRONZE,
        docs="user/connect-a-tracker",
        **{"base_url": "", "base_url_editable": True, **values},
    )


class Tracker(Connector):
    """The generic maintenance tracker: whatever the pasted profile says, over HTTPS, SFTP or a folder."""

    manifest = manifest_for(
        "tracker",
        "Maintenance tracker",
        auth=ApiKey(help="The key or token that the partner issued for this interface."),
        other_auth=(
            UserPassword(),
            ClientCredentials(token_url="/oauth2/token"),  # noqa: S106 - an address, no token
            Sftp(),
            Folder(),
        ),
        about="Any other maintenance tracking system: sends totals and flight times, brings in what it says is due.",
        setup="Ask the partner for its interface description and write a profile from it; copy a ready one to begin.",
    )

    @cached_property
    def profile(self) -> Profile:
        """The connection's own profile, else the ready one. Raises ProfileError."""
        return self._profile(self.options)

    @classmethod
    def check_options(cls, options: Mapping[str, Any]) -> None:
        """A profile that could not be used is refused as it is entered. Raises ProfileError."""
        if text := str(options.get("profile") or "").strip():
            parse_profile(text)

    @classmethod
    def carries(cls, dataset: Dataset, options: Mapping[str, Any]) -> bool:
        """What the connection's profile has a section for."""
        profile = cls._profile(options)
        sections = {Dataset.DUE_ITEMS: profile.due_items, Dataset.COUNTER_TOTALS: profile.totals}
        return sections.get(dataset, profile.flights) is not None

    @classmethod
    def _profile(cls, options: Mapping[str, Any]) -> Profile:
        return parse_profile(str(options.get("profile") or "").strip() or ready_profile(cls.manifest.key))

    def prove(self) -> Identity:
        """Reads the profile and looks whose account or folder it is."""
        profile = self.profile
        if self.transport is Transport.FILES:
            place = self.files.check()
            return Identity(place, f"{profile.name} at {place}")
        prove = profile.prove
        if prove is None:
            raise NotReady("The profile has no [prove] section: an HTTPS connection needs to know whose account it is.")

        def read(response: Response) -> Identity:
            frame = read_frame(response.body, Format(prove.format))
            key, name = frame.get(prove.key), frame.get(prove.name) if prove.name else None
            if key in (None, ""):
                raise Malformed(f"The answer holds nothing under {prove.key}: it does not say whose account this is.")
            return Identity(str(key)[:200], str(name or key)[:200])

        return self.http.call("GET", prove.path, read=read)

    @pulls(Dataset.DUE_ITEMS)
    def due_items(self, cursor: Cursor) -> Iterator[Page[DueItem]]:
        """The whole list every time: trackers do not say what changed, and only a whole list shows what is gone.

        A list with something unreadable in it is not whole: what could not be read must not look as if it were gone.
        """
        del cursor
        is_whole = True
        for told in self._told():
            items, unreadable = read_items(told.document, self.profile, as_of=told.as_of)
            source = self.profile.due_items
            is_whole = is_whole and not unreadable and source is not None and source.complete
            yield Page(items, Cursor(), unreadable=unreadable, complete=told.is_last and is_whole)

    @pushes(Dataset.COUNTER_TOTALS)
    def totals(self, changes: Sequence[Change[CounterTotals]]) -> Iterator[Pushed]:
        how = self.profile.totals
        if how is None:
            raise NotReady("The profile has no [totals] section: this partner is not sent totals.")
        yield from self._send(changes, how, lambda one: totals_row(one, how, self.profile.identity))

    @pushes(Dataset.FLIGHT_TIMES)
    def flights(self, changes: Sequence[Change[FlightTimes]]) -> Iterator[Pushed]:
        how = self.profile.flights
        if how is None:
            raise NotReady("The profile has no [flights] section: this partner is not sent flights.")
        yield from self._send(changes, how, lambda one: flight_row(one, how, self.profile.identity))

    def _told(self) -> Iterator[Told]:
        source = self.profile.due_items
        if source is None:
            raise NotReady("The profile has no [due_items] section: nothing is read from this partner.")
        needed = needed_columns(source, self.profile.identity)
        if self.transport is Transport.FILES:
            if source.file is None:
                raise NotReady("The profile names no due_items.file, and this connection is a folder.")
            return from_files(self.files, source, needed, datetime.now(UTC))
        if source.path is None:
            raise NotReady("The profile names no due_items.path, and this connection is an HTTPS service.")
        return from_service(self.http, source, needed)

    def _send(self, changes: Sequence[Change[Any]], how: Send, row_of: Any) -> Iterator[Pushed]:
        """Every change that can be written, sent; every other one with the reason why it cannot."""
        rows: list[tuple[Change[Any], Row]] = []
        for change in changes:
            try:
                if change.is_deletion:
                    raise DataError(f"It is gone here. {self.manifest.name} takes nothing back: correct it there.")
                rows.append((change, row_of(change)))
            except DataError as error:
                yield Pushed(change.key, error=error)
        yield from self._to_files(rows, how) if self.transport is Transport.FILES else self._to_service(rows, how)

    def _to_files(self, rows: Sequence[tuple[Change[Any], Row]], how: Send) -> Iterator[Pushed]:
        """One file for all. Its name follows from its content: writing it again after a lost answer doubles nothing."""
        if how.file is None:
            raise NotReady("The profile names no file to write, and this connection is a folder.")
        if not rows:
            return
        content = document([row for _, row in rows], how)
        name = how.file.replace("{stamp}", stamp(content))
        self.files.write(f"{how.folder}/{name}" if how.folder else name, content)
        for change, _ in rows:
            yield Pushed(change.key, external_id=_name_of(change))

    def _to_service(self, rows: Sequence[tuple[Change[Any], Row]], how: Send) -> Iterator[Pushed]:
        if how.path is None:
            raise NotReady("The profile names no path to send to, and this connection is an HTTPS service.")
        for change, row in rows:
            try:
                external_id = self._request(change, row, how)
            except DataError as error:
                yield Pushed(change.key, error=self._explained(error, how))
            except Permanent as error:
                # Where the address names the aircraft, a partner that does not have it says "not found".
                if "{" not in how.path or not error.detail.startswith("HTTP 404"):
                    raise
                yield Pushed(change.key, error=DataError(f"No such aircraft there? {error}", detail=error.detail))
            else:
                yield Pushed(change.key, external_id=external_id)

    def _explained(self, error: DataError, how: Send) -> DataError:
        """A refusal in the partner's own words, where its answer has them."""
        if not error.answer or how.reply is None or how.reply.reason is None:
            return error
        try:
            why = self._reply_frame(error.answer, how).get(how.reply.reason)
        except Malformed:
            return error
        return DataError(self._refusal(why), detail=error.detail) if why else error

    def _reply_frame(self, body: bytes, how: Send) -> Raw:
        """What comes back for a table is JSON."""
        return read_frame(body, how.format if how.format is not Format.CSV else Format.JSON)

    def _refusal(self, why: object) -> str:
        return f"{self.profile.name} does not accept it: {str(why or 'it does not say why')[:200]}"

    def _request(self, change: Change[Any], row: Row, how: Send) -> str:
        """Send one. The key goes along, for partners that recognise what they have had."""

        def read(response: Response) -> str:
            if how.reply is None:
                return _name_of(change)
            frame = self._reply_frame(response.body, how)
            if str(frame.get(how.reply.ok)).casefold() not in how.reply.ok_values:
                why = frame.get(how.reply.reason) if how.reply.reason else None
                raise DataError(self._refusal(why))
            told = frame.get(how.reply.id) if how.reply.id else None
            return str(told) if told not in (None, "") else _name_of(change)

        headers = {"Content-Type": CONTENT_TYPES[how.format], "Idempotency-Key": change.key}
        path = _filled(how.path or "", change)
        return self.http.call(how.method, path, read=read, content=single(row, how), headers=headers)


def _name_of(change: Change[Any]) -> str:
    """What the partner knows it by: its own id, the aircraft's for totals, our key for a flight."""
    record = change.record
    if record.external_id:
        return str(record.external_id)
    return str(record.aircraft.registration if isinstance(record, CounterTotals) and record.aircraft else change.key)


def _filled(path: str, change: Change[Any]) -> str:
    aircraft = change.record.aircraft
    words = {"registration": aircraft.registration, "serial_number": aircraft.serial_number,
             "aircraft_id": aircraft.external_id}  # fmt: skip
    for place, word in words.items():
        if f"{{{place}}}" in path:
            if not word:
                raise DataError(f"The partner's address needs the aircraft's {place}, which is not known here.")
            if not _PLAIN.fullmatch(word) or ".." in word:
                raise DataError(f"The {place} {word!r} cannot be part of an address.")
            path = path.replace(f"{{{place}}}", quote(word, safe=""))
    return path


connector = Tracker
