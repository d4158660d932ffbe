"""Which aircraft of a model a requirement is for: by serial number and by modification. Source: domain rule 1.9.

Effectivity narrows what a requirement is applied to; it never widens it. What is not known keeps the requirement: an
aircraft without a recorded serial number is asked for the work, because leaving it out would be a guess.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hangarlink.platform.errors import RuleBroken

_NUMBERED = re.compile(r"(.*?)(\d+)")
_SEPARATORS = re.compile(r"[\s./_-]+")
# One line that people can read: no control characters, which a database would not take either.
Serial = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]
Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class SerialRange(Node):
    """Serial numbers from `first` to `last`, both included; without `last`, `first` and every later one."""

    first: Serial
    last: Serial | None = None


class Effectivity(Node):
    """An aircraft is meant when all of these hold. Empty: every aircraft.

    serials  it lies in one of these ranges
    but      and in none of these
    post     every one of these modifications is embodied
    pre      none of these modifications is embodied
    """

    serials: Annotated[tuple[SerialRange, ...], Field(max_length=100)] = ()
    but: Annotated[tuple[SerialRange, ...], Field(max_length=100)] = ()
    post: Annotated[tuple[Code, ...], Field(max_length=50)] = ()
    pre: Annotated[tuple[Code, ...], Field(max_length=50)] = ()


@dataclass(frozen=True)
class Meant:
    """Whether an aircraft is meant, and why in a sentence."""

    is_meant: bool
    why: str


def meant(effectivity: Effectivity, serial: str, embodied: Collection[str]) -> Meant:
    """Whether an aircraft with this serial number ("" when unknown) and these embodied modifications is meant."""
    if serial.strip():
        if effectivity.serials and not any(_covers(one, serial) for one in effectivity.serials):
            return Meant(False, f"serial number {serial} is not among {ranges_text(effectivity.serials)}")
        out = next((one for one in effectivity.but if _covers(one, serial)), None)
        if out is not None:
            return Meant(False, f"serial number {serial} is left out by {ranges_text([out])}")
    have = {_plain(code) for code in embodied}
    missing = [code for code in effectivity.post if _plain(code) not in have]
    if missing:
        return Meant(False, f"it is for aircraft with {', '.join(missing)}, which is not recorded as embodied")
    present = [code for code in effectivity.pre if _plain(code) in have]
    if present:
        return Meant(False, f"it is for aircraft without {', '.join(present)}, which is embodied")
    if not serial.strip() and (effectivity.serials or effectivity.but):
        return Meant(True, "the aircraft's serial number is not recorded, so it is taken to be meant")
    return Meant(True, "")


def from_json(data: object) -> Effectivity:
    """Checked effectivity from JSON values. Raises RuleBroken naming the place and the rule."""
    try:
        found = Effectivity.model_validate(_tuples(data))
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'effectivity'}: {one['msg']}" for one in error.errors())
        raise RuleBroken(f"Effectivity: {said}.", field="effectivity") from None
    for one in (*found.serials, *found.but):
        _check_range(one)
    both = {_plain(code) for code in found.post} & {_plain(code) for code in found.pre}
    if both:
        raise RuleBroken(
            f"Effectivity: no aircraft is with and without {', '.join(sorted(both))}. Name it on one side only.",
            field="effectivity",
        )
    return found


def to_json(effectivity: Effectivity) -> dict[str, Any]:
    """The stored form; an effectivity that narrows nothing is empty."""
    return effectivity.model_dump(mode="json", exclude_defaults=True)


def text(effectivity: Effectivity) -> str:
    """Effectivity as a task card says it: "S/N 1-120, 200 and on; post SB 32-01"."""
    parts = []
    if effectivity.serials:
        parts.append(f"S/N {ranges_text(effectivity.serials)}")
    if effectivity.but:
        parts.append(f"but not S/N {ranges_text(effectivity.but)}")
    parts += [f"post {code}" for code in effectivity.post]
    parts += [f"pre {code}" for code in effectivity.pre]
    return "; ".join(parts)


def ranges_text(ranges: Collection[SerialRange]) -> str:
    """Ranges as people write them, and as `ranges_from` reads them."""
    return ", ".join(_range_text(one) for one in ranges)


def ranges_from(said: str, *, field: str = "serials") -> tuple[SerialRange, ...]:
    """Ranges from "BB-1 to BB-120, BB-200, BB-300 and on". Raises RuleBroken naming the part that says nothing."""
    return tuple(_range_from(part.strip(), field) for part in re.split(r"[,;\n]", said) if part.strip())


def _range_from(part: str, field: str) -> SerialRange:
    words = re.split(r"\s+(?:to|thru|through|-|–)\s+", part)
    if len(words) == 1 and (onward := re.fullmatch(r"(.+?)\s+(?:and\s+)?(?:on|subsequent|up)", part)):
        found = SerialRange(first=onward[1])
    elif len(words) in {1, 2}:
        found = SerialRange(first=words[0], last=words[-1])
    else:
        raise RuleBroken(f"{part!r} is not a range of serial numbers. Write 101 to 250, 300, or 400 on.", field=field)
    _check_range(found, field)
    return found


def _range_text(one: SerialRange) -> str:
    if one.last is None:
        return f"{one.first} on"
    return one.first if one.first == one.last else f"{one.first} to {one.last}"


def _check_range(one: SerialRange, field: str = "effectivity") -> None:
    if one.last == one.first:
        return
    (prefix, start), ends = _split(one.first), one.last and _split(one.last)
    if start is None or (ends and (ends[0] != prefix or ends[1] is None)):
        raise RuleBroken(
            f"{_range_text(one)!r}: a range needs serial numbers that differ in their last number only, such as "
            "BB-101 to BB-250.",
            field=field,
        )
    if ends and ends[1] is not None and ends[1] < start:
        raise RuleBroken(f"{_range_text(one)!r} ends before it begins. Exchange the two.", field=field)


def _covers(one: SerialRange, serial: str) -> bool:
    if one.last is not None and _plain(serial) in {_plain(one.first), _plain(one.last)}:
        return True
    (prefix, number), (starts, first) = _split(serial), _split(one.first)
    if number is None or first is None or prefix != starts or number < first:
        return False
    last = _split(one.last)[1] if one.last is not None else None
    return one.last is None or (last is not None and number <= last)


def _split(serial: str) -> tuple[str, int | None]:
    """The letters of a serial number and its running number: BB-1234 is (BB, 1234), 172S8001 is (172S, 8001)."""
    found = _NUMBERED.fullmatch(_plain(serial))
    return (found[1], int(found[2])) if found else (_plain(serial), None)


def _plain(code: str) -> str:
    """One spelling of a number or code: case, blanks, dashes and points do not tell two apart."""
    return _SEPARATORS.sub("", code).upper()


def _tuples(data: object) -> object:
    """JSON has lists where the model, being frozen, has tuples."""
    if isinstance(data, Mapping):
        return {name: _tuples(value) for name, value in data.items()}
    return tuple(_tuples(one) for one in data) if isinstance(data, list) else data
