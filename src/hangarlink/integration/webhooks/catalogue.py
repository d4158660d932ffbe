"""The catalogue of events, made from the registry: meaning, schema, example, and which scope lets a program read it."""

import dataclasses
import inspect
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Union
from uuid import UUID

from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.events.registry import CATALOGUE, Event

# What an application must be allowed to read to be told of an event, by the first word of its type. Events about
# people, connections and accounts are for endpoints of the account alone.
READERS: dict[str, Scope] = {
    "aircraft": Scope.AIRCRAFT_READ,
    "counter": Scope.AIRCRAFT_READ,
    "aircraft_model": Scope.AIRCRAFT_MODELS_READ,
    "flight": Scope.HOURS_CYCLES_READ,
    "opening": Scope.HOURS_CYCLES_READ,
    "reading": Scope.HOURS_CYCLES_READ,
    "instrument": Scope.HOURS_CYCLES_READ,
    "usage": Scope.HOURS_CYCLES_READ,
    "discrepancy": Scope.HOURS_CYCLES_READ,
    "defect": Scope.DEFECTS_READ,
    "customer": Scope.CUSTOMERS_READ,
    "trip": Scope.TRIPS_READ,
    "leg": Scope.TRIPS_READ,
    "invoice": Scope.BILLING_READ,
    "payment": Scope.BILLING_READ,
    "expense": Scope.BILLING_READ,
    "cost_category": Scope.BILLING_READ,
}
_EXAMPLE_ID = "0198f2c4-7b1e-7c3a-9d52-3f0b6a1e4c77"
_MOMENT = "2026-03-14T09:12:00Z"
_STRING: dict[str, Any] = {"type": "string"}


@dataclass(frozen=True)
class EventType:
    """One type of event as the catalogue shows it.

    group    the first word of the name: what it is about
    fields   name -> JSON schema of the value
    scope    what an application must hold to be told; None: never told
    has_changed_fields  carries `changed`, so that an endpoint may choose by it
    """

    name: str
    version: int
    meaning: str
    fields: dict[str, dict[str, Any]]
    example: dict[str, Any]
    scope: Scope | None

    @property
    def group(self) -> str:
        return self.name.partition(".")[0]

    @property
    def has_changed_fields(self) -> bool:
        return "changed" in self.fields

    @property
    def schema(self) -> dict[str, Any]:
        """JSON schema of `data`."""
        return {
            "type": "object",
            "properties": self.fields,
            "required": list(self.fields),
            "additionalProperties": True,
        }


@cache
def catalogue() -> dict[str, EventType]:
    """Every type of event of this installation, by name. Tests' own are left out."""
    found = sorted(name for name in CATALOGUE if not name.startswith("test."))
    return {name: _described(CATALOGUE[name]) for name in found}


def types_for(scopes: Iterable[str]) -> list[str]:
    """What an application with these scopes may be told."""
    held = set(scopes)
    return [one.name for one in catalogue().values() if one.scope is not None and one.scope.value in held]


def meaning_of(cls: type[Event]) -> str:
    """The first paragraph of the class's docstring; for a class without one, its name in words."""
    text = inspect.getdoc(cls) or ""
    # dataclasses write the signature into an empty docstring.
    if text.startswith(f"{cls.__name__}(") or not cls.__doc__:
        noun, _, verb = cls.type.replace("_", " ").partition(".")
        return f"{noun.capitalize()} {verb}."
    return " ".join(text.split("\n\n")[0].split())


def _described(cls: type[Event]) -> EventType:
    hints = typing.get_type_hints(cls)
    names = [field.name for field in dataclasses.fields(cls)]  # type: ignore[arg-type]
    fields = {name: _schema(hints[name]) for name in names}
    example = {name: _example(name, hints[name]) for name in names}
    scope = READERS.get(cls.type.partition(".")[0])
    return EventType(cls.type, cls.version, meaning_of(cls), fields, example, scope)


def _schema(hint: Any) -> dict[str, Any]:
    """JSON schema of one annotation of an event."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        known = [_schema(one) for one in inner if one is not types.NoneType]
        return {"anyOf": [*known, {"type": "null"}]} if types.NoneType in inner else {"anyOf": known}
    if origin is tuple:
        return {"type": "array", "items": _schema(inner[0])}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {**_STRING, "enum": [one.value for one in hint]}
    return dict(_PLAIN[hint])


_PLAIN: dict[Any, dict[str, Any]] = {
    UUID: {"type": "string", "format": "uuid"},
    str: {"type": "string", "description": "A code."},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}


def _example(name: str, hint: Any) -> Any:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return _example(name, inner[0])
    if origin is tuple:
        return [_example(name, inner[0])]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint)).value
    examples: dict[Any, Any] = {
        UUID: _EXAMPLE_ID, int: 17337600, bool: True, datetime: _MOMENT, date: _MOMENT[:10], str: name,
    }  # fmt: skip
    return examples[hint]


def message_example(event: EventType, account_id: str) -> dict[str, Any]:
    """A whole message of this type."""
    return {
        "id": _EXAMPLE_ID,
        "type": event.name,
        "account_id": account_id,
        "timestamp": _MOMENT,
        "data": event.example,
    }


def field_words(event: EventType) -> list[tuple[str, str]]:
    """Its fields with their types in words, for people."""
    return [(name, _in_words(schema)) for name, schema in event.fields.items()]


def _in_words(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_in_words(one) for one in schema["anyOf"])
    if schema["type"] == "array":
        return f"list of {_in_words(schema['items'])}"
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    if schema["type"] == "string":
        return {"uuid": "id", "date-time": "moment (UTC)", "date": "date"}.get(schema.get("format", ""), "code")
    return {"integer": "whole number", "boolean": "true or false"}.get(str(schema["type"]), str(schema["type"]))
