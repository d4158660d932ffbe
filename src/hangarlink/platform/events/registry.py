"""`@event("defect.deferred", version=1)` makes a typed fact and lists it in the catalogue."""

import dataclasses
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar, TypeVar, dataclass_transform
from uuid import UUID

ALLOWED = (str, int, bool, datetime, date, Enum, type(None))
CATALOGUE: dict[str, type["Event"]] = {}


class Event:
    """Base of every event: a frozen dataclass whose fields are ids, codes, numbers and moments."""

    type: ClassVar[str]
    version: ClassVar[int]
    names: ClassVar[tuple[str, ...]]

    def payload(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return {name: _plain(getattr(self, name)) for name in self.names}


E = TypeVar("E", bound=type[Event])


@dataclass_transform(frozen_default=True)
def event(name: str, *, version: int = 1) -> Callable[[E], E]:
    """Register a subclass of Event under its public name."""

    def register(cls: E) -> E:
        if name in CATALOGUE:
            raise ValueError(f"The event {name} is declared twice.")
        cls.type, cls.version = name, version
        dataclasses.dataclass(frozen=True)(cls)
        cls.names = tuple(field.name for field in dataclasses.fields(cls))  # type: ignore[arg-type]
        CATALOGUE[name] = cls
        return cls

    return register


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is UUID:  # nearly every field is one
        return str(value)
    if kind is datetime:
        return _moment(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if not isinstance(value, ALLOWED):
        raise TypeError(f"{value!r} may not stand in an event: use ids, codes, numbers and moments.")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return _moment(value)
    return value


def _moment(value: datetime | date) -> str:
    return value.isoformat().replace("+00:00", "Z")
