"""QuickBooks' query language, as far as it is documented: one entity, no joins, no or.

select * from Invoice where CustomerRef = '7' and MetaData.LastUpdatedTime >= '2026-11-01T00:00:00-08:00'
    orderby Id startposition 1 maxresults 100
select count(*) from Customer
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from hangarlink.sandbox.quickbooks.refusals import Refusal
from hangarlink.sandbox.quickbooks.shapes import COMMON, FLAG, KINDS, MONEY, NUMBER, REF

DEFAULT_RESULTS = 100
MOST_RESULTS = 1_000
LONGEST = 8_000

_TOKEN = re.compile(r"\s*('(?:\\.|[^'\\])*'|<=|>=|!=|[=<>(),*]|[\w.]+(?:-[\w.]+)*)")
_SHAPE = re.compile(
    r"\s*select\s+(?P<columns>.+?)\s+from\s+(?P<entity>\w+)"
    r"(?:\s+where\s+(?P<where>.+?))?"
    r"(?:\s+order\s*by\s+(?P<order>[\w.]+)(?:\s+(?P<way>asc|desc))?)?"
    r"(?:\s+startposition\s+(?P<start>\d+))?(?:\s+maxresults\s+(?P<most>\d+))?\s*",
    re.IGNORECASE | re.DOTALL,
)

Test = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Query:
    """columns: None for every field; start counts from 1."""

    entity: str
    columns: tuple[str, ...] | None
    counts: bool
    tests: tuple[Test, ...]
    order: str
    descending: bool
    start: int
    most: int
    asks_for_inactive: bool

    def matches(self, record: Mapping[str, Any]) -> bool:
        """Inactive members of lists are left out unless the query speaks of Active."""
        if record.get("Active") is False and not self.asks_for_inactive:
            return False
        return all(test(record) for test in self.tests)


def parse(text: str) -> Query:
    """Raises Refusal: 4000 for what cannot be parsed, 4001 for a field that cannot be asked for."""
    found = _SHAPE.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise _unparsed("the statement is not SELECT ... FROM ... WHERE ... ORDERBY ... STARTPOSITION ... MAXRESULTS")
    entity = next((name for name in (*KINDS, *SINGLE) if name.lower() == found["entity"].lower()), "")
    if not entity:
        raise Refusal("4001", "Invalid query", f"QueryValidationError: {found['entity']} is not an entity")
    tests, names = _conditions(entity, found["where"] or "")
    if found["order"]:
        _kind_of(entity, found["order"])
    most = int(found["most"] or DEFAULT_RESULTS)
    if not 1 <= most <= MOST_RESULTS or int(found["start"] or 1) < 1:
        raise _unparsed(f"STARTPOSITION counts from 1, MAXRESULTS goes from 1 to {MOST_RESULTS}")
    columns = found["columns"].strip()
    counts = columns.lower().replace(" ", "") == "count(*)"
    chosen = None if counts or columns == "*" else tuple(part.strip() for part in columns.split(","))
    for name in chosen or ():
        _top_level(entity, name)
    return Query(
        entity, chosen, counts, tuple(tests), found["order"] or "", (found["way"] or "").lower() == "desc",
        int(found["start"] or 1), most, "Active" in names,
    )  # fmt: skip


SINGLE = ("CompanyInfo", "Preferences")
"""Entities of which a company has exactly one."""


def value_at(record: Mapping[str, Any], path: str) -> Any:
    """The value of a field, dotted for nested ones; a reference stands for its id."""
    value: Any = record
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value.get("value") if isinstance(value, Mapping) else value


def ordered(value: Any) -> tuple[int, Any]:
    """A key that sorts what one field may hold: nothing, numbers, ids, moments, texts."""
    if value is None:
        return 0, 0
    if isinstance(value, bool | int | Decimal):
        return 1, value
    if str(value).isdigit():
        return 1, int(value)
    moment = _moment(str(value))
    return (2, moment) if moment else (3, str(value).casefold())


def _conditions(entity: str, text: str) -> tuple[list[Test], set[str]]:
    tokens = _tokens(text)
    tests, names = [], set()
    while tokens:
        name = tokens.pop(0)
        operator = (tokens.pop(0) if tokens else "").lower()
        kind = _kind_of(entity, name)
        names.add(name)
        if operator == "in":
            tests.append(_within(name, [_literal(one, kind) for one in _listed(tokens)]))
        elif operator in _COMPARE and tokens:
            tests.append(_comparison(name, operator, _literal(tokens.pop(0), kind)))
        elif operator == "like" and tokens:
            tests.append(_like(name, str(_literal(tokens.pop(0), kind))))
        else:
            raise _unparsed(f"after {name} an operator and a value are expected")
        if tokens and tokens.pop(0).lower() != "and":
            raise _unparsed("conditions are joined by AND")
        if names and not tokens and text.rstrip().lower().endswith(" and"):
            raise _unparsed("a condition is expected after AND")
    return tests, names


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    ">": lambda a, b: bool(a > b),
    "<=": lambda a, b: bool(a <= b),
    ">=": lambda a, b: bool(a >= b),
}


def _comparison(name: str, operator: str, wanted: Any) -> Test:
    def test(record: Mapping[str, Any]) -> bool:
        found, asked = ordered(value_at(record, name)), ordered(wanted)
        if found[0] != asked[0]:
            return operator == "!="
        return _COMPARE[operator](found[1], asked[1])

    return test


def _within(name: str, wanted: list[Any]) -> Test:
    keys = {ordered(one) for one in wanted}
    return lambda record: ordered(value_at(record, name)) in keys


def _like(name: str, pattern: str) -> Test:
    glob = re.sub(r"([\[\]*?])", r"[\1]", pattern.casefold()).replace("%", "*")
    return lambda record: fnmatchcase(str(value_at(record, name) or "").casefold(), glob)


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise _unparsed(f"cannot read {text[at : at + 20]!r}")
        tokens.append(found[1])
        at = found.end()
    return tokens


def _listed(tokens: list[str]) -> list[str]:
    if ")" not in tokens or tokens.pop(0) != "(":
        raise _unparsed("IN wants a list in brackets")
    listed = []
    while (word := tokens.pop(0)) != ")":
        if word != ",":
            listed.append(word)
    return listed


def _literal(token: str, kind: Any) -> Any:
    if token.startswith("'"):
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if kind == FLAG and token.lower() in {"true", "false"}:
        return token.lower() == "true"
    if kind in {MONEY, NUMBER} and re.fullmatch(r"\d+(\.\d+)?", token):
        return Decimal(token)
    raise _unparsed(f"the value {token} must stand in single quotes")


def _kind_of(entity: str, name: str) -> Any:
    """What a field holds, if it may be asked for. References are asked for by their own name."""
    shape: Any = (KINDS[entity].shape if entity in KINDS else {}) | COMMON
    for part in name.split("."):
        if not isinstance(shape, dict) or part not in shape:
            raise _no_property(entity, name)
        shape = shape[part]
    if isinstance(shape, list) or (isinstance(shape, dict) and shape is not REF):
        raise _no_property(entity, name)
    return shape


def _top_level(entity: str, name: str) -> None:
    if name not in KINDS[entity].shape and name not in COMMON:
        raise _no_property(entity, name)


def _moment(text: str) -> datetime | None:
    if "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _unparsed(why: str) -> Refusal:
    return Refusal("4000", "Error parsing query", f"QueryParserError: {why}")


def _no_property(entity: str, name: str) -> Refusal:
    detail = f"QueryValidationError: property {name!r} of {entity} cannot be asked for"
    return Refusal("4001", "Invalid query", detail, element=name)
