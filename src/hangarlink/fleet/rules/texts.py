"""Text that people and partners give, checked once."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from hangarlink.platform.errors import RuleBroken

W = TypeVar("W", bound=StrEnum)

MAX_SPECIFICATIONS = 200


def is_storable(text: str) -> bool:
    """PostgreSQL takes no NUL, and half of a surrogate pair is no character."""
    return text.isprintable() or ("\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text))


def line(value: str, *, field: str, limit: int) -> str:
    """One line of text: trimmed, inner white space joined, not longer than `limit`."""
    return text(" ".join(value.split()), field=field, limit=limit)


def text(value: str, *, field: str, limit: int = 10_000) -> str:
    """Text of any shape, trimmed at its ends."""
    value = value.strip()
    if len(value) > limit:
        raise RuleBroken(f"This has {len(value)} characters; the limit is {limit}.", field=field)
    if not is_storable(value):
        raise RuleBroken(f"{value!a} has characters that cannot be stored.", field=field)
    return value


def word(words: type[W], given: str, *, field: str) -> W:
    """One of the words of a vocabulary."""
    try:
        return words(given)
    except ValueError:
        choice = ", ".join(each.value for each in words)
        raise RuleBroken(f"{given!r} is not known here. Use one of: {choice}.", field=field) from None


def pairs(value: Mapping[str, object], *, field: str) -> dict[str, str | int | bool]:
    """Specifications: up to 200 named values, each a text, a whole number or yes/no.

    Decimal numbers are kept as text, the way they were written.
    """
    if len(value) > MAX_SPECIFICATIONS:
        raise RuleBroken(f"These are {len(value)} values; the limit is {MAX_SPECIFICATIONS}.", field=field)
    return {_name(name, field): _value(name, each, field) for name, each in value.items()}


def _name(name: str, field: str) -> str:
    trimmed = line(name, field=field, limit=80)
    if not trimmed:
        raise RuleBroken("A value has no name. Name it or leave it out.", field=field)
    return trimmed


def _value(name: str, value: object, field: str) -> str | int | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    if isinstance(value, str):
        return text(value, field=field, limit=2000)
    raise RuleBroken(f"{name} is {value!r:.60}. Give a text or a whole number; write decimals as text.", field=field)
