"""What makes a connection to one maintenance tracker: a profile, written as data and checked before it is used.

A profile is TOML text. It says where things are (paths of an HTTPS service, names of files), how they are written
(format, units, dates, decimal sign) and what is what (the partner's column or path for each of our fields). It has no
expressions, no code and no addresses: host and credentials belong to the connection.
"""

import re
import tomllib
from enum import StrEnum
from importlib.resources import files
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from hangarlink.integration.contract import DataError, DueStatus, LogKind, TermKind

VERSION = 1
LARGEST = 64 * 1024
# A step into JSON or XML: a name, or `@name` for an XML attribute. No wildcards, no `..`, no functions.
_STEP = re.compile(r"@?[A-Za-z0-9_][A-Za-z0-9_ .:-]{0,79}")
_ELEMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")
_FILE = re.compile(r"[A-Za-z0-9_*?{][A-Za-z0-9_ .*?{}-]{0,119}")
_PLACE = re.compile(r"\{([^{}]*)\}")
_DIRECTIVES = {"%d", "%m", "%Y", "%b", "%B", "%H", "%M", "%S", "%f", "%z", "%j", "%%"}


class ProfileError(DataError):
    """The profile is not usable. The message names each place by its path and says what belongs there."""

    code = "profile"
    field = "profile"


class Format(StrEnum):
    JSON = "json"
    XML = "xml"
    CSV = "csv"


class TimeUnit(StrEnum):
    """How a time counter is written."""

    DECIMAL_HOURS = "decimal_hours"
    HHMM = "hh:mm"
    MINUTES = "minutes"
    SECONDS = "seconds"


class Identity(StrEnum):
    """What must be the same before two aircraft are one.

    REGISTRATION_AND_SERIAL  both, to the character
    REGISTRATION             the registration alone
    PARTNER_ID               neither: a person links the partner's id to an aircraft by hand
    """

    REGISTRATION_AND_SERIAL = "registration_and_serial"
    REGISTRATION = "registration"
    PARTNER_ID = "partner_id"


class Paging(StrEnum):
    """NONE: one answer holds all. PAGE, OFFSET: a number that goes up. CURSOR: the answer names what comes next."""

    NONE = "none"
    PAGE = "page"
    OFFSET = "offset"
    CURSOR = "cursor"


def _steps(path: str) -> str:
    if not path or not all(_STEP.fullmatch(step) for step in path.split("/")):
        raise ValueError(f"{path!r} is no path: write names with / between them, such as nextDue/hours or item/@id")
    return path


def _column(name: str) -> str:
    if not name.strip() or len(name) > 120 or not name.isprintable():
        raise ValueError(f"{name[:40]!r} is no name of a column or path")
    return name.strip()


def _element(name: str) -> str:
    if not _ELEMENT.fullmatch(name):
        raise ValueError(f"{name!r} cannot name an element: use letters, digits, _, - and .")
    return name


def _url_path(path: str) -> str:
    plain = _PLACE.sub("x", path)
    if not re.fullmatch(r"(/[A-Za-z0-9_.~-]+)+/?", plain) or {".", ".."} & set(plain.split("/")):
        raise ValueError(f"{path!r} is no path below the connection's address: write it like /api/v1/due-items")
    return path


def _file_name(name: str) -> str:
    if not _FILE.fullmatch(name) or ".." in name:
        raise ValueError(f"{name!r} is no plain file name: no folders, no .., at most 120 letters, digits, * ? _ - .")
    return name


def _folder_name(name: str) -> str:
    if not all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_ .-]{0,59}", part) for part in name.split("/")):
        raise ValueError(f"{name!r} is no folder below the connection's own: write it like outbox or out/due")
    return name


def _pattern(pattern: str, needed: set[str]) -> str:
    if pattern == "iso":
        return pattern
    used = set(re.findall(r"%.", pattern))
    if unknown := sorted(used - _DIRECTIVES):
        raise ValueError(f"{pattern!r} uses {unknown[0]}: known are iso and {' '.join(sorted(_DIRECTIVES))}")
    month = {"%m", "%b", "%B"} & used or "%j" in used
    day = {"%d", "%j"} & used
    if not ("%Y" in used and month and day) or not needed <= used:
        raise ValueError(f"{pattern!r} does not say everything: year (four digits), month, day {' '.join(needed)}")
    return pattern


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Steps = Annotated[str, AfterValidator(_steps)]
Name = Annotated[str, AfterValidator(_column)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed), Field(min_length=1, max_length=6)]
Element = Annotated[str, AfterValidator(_element)]
UrlPath = Annotated[str, AfterValidator(_url_path)]
FileName = Annotated[str, AfterValidator(_file_name)]
FolderName = Annotated[str, AfterValidator(_folder_name)]
DayPattern = Annotated[str, AfterValidator(lambda text: _pattern(text, set()))]
MomentPattern = Annotated[str, AfterValidator(lambda text: _pattern(text, {"%H", "%M"}))]
Kinds = Annotated[tuple[LogKind, ...], BeforeValidator(_listed), Field(min_length=1)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Values(Part):
    """How values are written.

    decimal, thousands  the signs; what does not fit them is refused and never guessed
    zone                of moments without an offset, and of the days that dates mean
    empty               texts that mean "nothing here"
    """

    hours: TimeUnit = TimeUnit.DECIMAL_HOURS
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    days: Annotated[tuple[DayPattern, ...], BeforeValidator(_listed)] = ("iso",)
    moments: Annotated[tuple[MomentPattern, ...], BeforeValidator(_listed)] = ("iso",)
    zone: str = "UTC"
    empty: tuple[str, ...] = ("", "-", "N/A")
    places: Annotated[int, Field(ge=1, le=4)] = 2

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands are the same sign")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"zone {self.zone!r} is unknown: write it like UTC or Europe/Copenhagen") from None
        return self


class Csv(Part):
    """How tables are written. A byte-order mark always wins over `encoding`."""

    delimiter: Literal["auto", ",", ";", "\t", "|"] = "auto"
    encoding: Literal["utf-8", "utf-16", "cp1252", "iso8859-1"] = "utf-8"
    trailer: str = ""


class Pages(Part):
    """The page numbering of an HTTPS list.

    param, size_param, size  names in the query, and how many records to ask for
    first                    number of the first page (PAGE)
    next                     where the answer names the next page (CURSOR)
    """

    style: Paging = Paging.NONE
    param: str = "page"
    size_param: str = ""
    size: Annotated[int, Field(ge=1, le=1000)] = 100
    first: Literal[0, 1] = 1
    next: Steps | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.style is Paging.CURSOR) != (self.next is not None):
            raise ValueError("`next` belongs to style cursor, and only there")
        return self


class Term(Part):
    """One limit: where its due value and its remainder stand. `counter` is a plain word such as engine 1."""

    kind: TermKind
    due_at: Name | None = None
    remaining: Name | None = None
    counter: str = Field(default="", max_length=60)
    unit: TimeUnit | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.due_at is None and self.remaining is None:
            raise ValueError("say where due_at stands, or remaining, or both")
        return self


class DueFields(Part):
    """Where our fields stand in the partner's record. Several names are joined: id of parts, title of two texts."""

    external_id: Names
    title: Names
    registration: Name | None = None
    serial_number: Name | None = None
    aircraft_id: Name | None = None
    reference: Name | None = None
    ata: Name | None = None
    component_serial: Name | None = None
    status: Name | None = None
    as_of: Name | None = None


class DueItems(Part):
    """The partner's due list.

    path, params, paging  for HTTPS
    file, folder, take    for folders and SFTP: the newest file that matches, or all of them
    settle_seconds        how long a file must have stood still before it is read; its size must stand still too
    records               where the list is in JSON or XML: names with / between; "" when the document is the list
    count                 where the answer says how many records it holds
    as_of                 where the document says for which moment it holds; else the record's, else the file's time
    complete              whether it holds everything that is tracked, so that what is missing is gone
    """

    format: Format
    path: UrlPath | None = None
    params: dict[str, str] = {}
    paging: Pages = Pages()
    file: FileName | None = None
    folder: FolderName | None = None
    take: Literal["newest", "all"] = "newest"
    settle_seconds: Annotated[int, Field(ge=0, le=86_400)] = 60
    records: Steps | None = None
    count: Steps | None = None
    as_of: Steps | None = None
    complete: bool = True
    csv: Csv = Csv()
    values: Values = Values()
    fields: DueFields
    terms: Annotated[tuple[Term, ...], Field(min_length=1, max_length=20)]
    statuses: dict[str, DueStatus] = {}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.path is None and self.file is None:
            raise ValueError("say where it comes from: path for HTTPS, file for folders and SFTP")
        if self.file and _PLACE.search(self.file):
            raise ValueError("file: a file that is read has no {places}; use * for what changes")
        if self.format is Format.XML and self.records is None:
            raise ValueError("records: XML needs the name of the elements that are the items, such as items/item")
        if self.format is Format.CSV and (self.records or self.count):
            raise ValueError("records and count belong to JSON and XML; a CSV file may end with a csv.trailer line")
        names: list[str | None] = [*self.fields.external_id, *self.fields.title]
        names += [getattr(self.fields, name) for name in DueFields.model_fields if name not in {"external_id", "title"}]
        names += [name for term in self.terms for name in (term.due_at, term.remaining) if name]
        if self.format is not Format.CSV:
            for name in filter(None, names):
                _steps(name)
        return self


TOTALS_WORDS = {"registration", "serial_number", "call_sign", "aircraft_id", "as_of", "key"}
COMPONENT_WORDS = {"name", "hours", "cycles", "landings"}
FLIGHT_WORDS = {
    "registration", "serial_number", "call_sign", "aircraft_id", "id", "started_at", "ended_at", "departure", "arrival",
    "landings", "cycles",
}  # fmt: skip


class Reply(Part):
    """What the partner answers to what it is sent over HTTPS: where it says yes, and where it says why not."""

    ok: Steps
    ok_values: tuple[str, ...] = ("true", "ok", "accepted", "success")
    reason: Steps | None = None
    id: Steps | None = None


class Send(Part):
    """Where and how something is sent: one request per record over HTTPS, one file per push into a folder.

    path            may hold {registration}, {serial_number}, {aircraft_id}
    file            may hold {stamp}, which is different for different contents and the same for the same
    root, record    names of the XML elements; record also names the list in a JSON file
    """

    format: Format
    path: UrlPath | None = None
    method: Literal["POST", "PUT"] = "POST"
    file: FileName | None = None
    folder: FolderName | None = None
    root: Element = "records"
    record: Element = "record"
    csv: Csv = Csv()
    values: Values = Values()
    fields: dict[Element, str]
    reply: Reply | None = None

    @model_validator(mode="after")
    def _places(self) -> Self:
        if self.path is None and self.file is None:
            raise ValueError("say where it goes: path for HTTPS, file for folders and SFTP")
        _known(self.path, {"registration", "serial_number", "aircraft_id"}, "path")
        _known(self.file, {"stamp"}, "file")
        if self.file and set("*?") & set(self.file):
            raise ValueError("file: a file that is written has no * or ?; use {stamp} for what changes")
        if self.file and "{stamp}" not in self.file:
            raise ValueError("file: needs {stamp}, else the next push would overwrite a file nobody has read yet")
        return self


def _known(text: str | None, known: set[str], where: str) -> None:
    for place in _PLACE.findall(text or ""):
        if place not in known:
            raise ValueError(f"{where}: {{{place}}} is unknown; known are {', '.join(sorted(known))}")


def _of_words(fields: dict[str, str], known: set[str], where: str) -> None:
    for theirs, ours in fields.items():
        if ours not in known:
            raise ValueError(f"{where}.{theirs}: {ours!r} is none of our fields: {', '.join(sorted(known))}")


class Component(Part):
    """One line of totals. The first of the kinds that the aircraft has a counter of is sent as its hours."""

    name: str = Field(min_length=1, max_length=40)
    hours: Kinds
    is_required: bool = True


class Totals(Send):
    """Totals out. `component_fields` names what a component's line holds; in JSON and XML they are `components`."""

    components: Annotated[tuple[Component, ...], Field(min_length=1)]
    component_fields: dict[Element, str]
    component_list: Element = "components"
    component: Element = "component"

    @model_validator(mode="after")
    def _words(self) -> Self:
        _of_words(self.fields, TOTALS_WORDS, "fields")
        _of_words(self.component_fields, COMPONENT_WORDS, "component_fields")
        if "hours" not in self.component_fields.values():
            raise ValueError("component_fields: no column carries the hours")
        if "as_of" not in self.fields.values():
            raise ValueError("fields: no column carries as_of; totals without their moment mean nothing")
        return self


class Flights(Send):
    """Flights out. `hours` names columns that carry a time, and of which of our logs: the first that was recorded."""

    hours: dict[Element, Kinds] = {}

    @model_validator(mode="after")
    def _words(self) -> Self:
        _of_words(self.fields, FLIGHT_WORDS, "fields")
        return self


class Prove(Part):
    """The cheapest HTTPS call that shows whose account it is: where its stable key stands, and a name for people."""

    path: UrlPath
    format: Literal[Format.JSON, Format.XML] = Format.JSON
    key: Steps
    name: Steps | None = None


class Profile(Part):
    """The whole. What a section is missing for, the connection does not do."""

    profile: Literal[1]
    name: str = Field(min_length=1, max_length=60)
    identity: Identity = Identity.REGISTRATION_AND_SERIAL
    prove: Prove | None = None
    due_items: DueItems | None = None
    totals: Totals | None = None
    flights: Flights | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not (self.due_items or self.totals or self.flights):
            raise ValueError("none of [due_items], [totals] and [flights] is there: nothing would move")
        if self.due_items:
            self._check_identity(self.due_items.fields)
        return self

    def _check_identity(self, fields: DueFields) -> None:
        needed = {
            Identity.REGISTRATION_AND_SERIAL: ("registration", "serial_number"),
            Identity.REGISTRATION: ("registration",),
            Identity.PARTNER_ID: ("aircraft_id",),
        }[self.identity]
        for name in needed:
            if getattr(fields, name) is None:
                raise ValueError(f"due_items.fields.{name}: identity {self.identity.value} needs it")


def parse_profile(text: str) -> Profile:
    """The profile that this TOML text describes. Raises ProfileError with every mistake and where it is."""
    if len(text) > LARGEST:
        raise ProfileError(f"The profile has {len(text)} characters; at most {LARGEST} are read.")
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"The profile is not TOML: {error}.") from None
    except RecursionError:
        raise ProfileError("The profile is nested too deeply to be one.") from None
    except ValidationError as error:
        raise ProfileError(
            f"The profile cannot be used. {'; '.join(_said(one) for one in error.errors()[:8])}."
        ) from None


def ready_profile(key: str) -> str:
    """The text of a profile that comes with the product."""
    return (files("hangarlink.connectors.tracker") / "profiles" / f"{key}.toml").read_text(encoding="utf-8")


def _said(error: Any) -> str:
    place = ".".join(str(step) for step in error["loc"]) or "profile"
    words = {"missing": "is missing", "extra_forbidden": "is not known here"}
    message = words.get(error["type"], str(error["msg"]).removeprefix("Value error, "))
    return f"{place}: {message}" if error["type"] not in words else f"{place} {message}"
