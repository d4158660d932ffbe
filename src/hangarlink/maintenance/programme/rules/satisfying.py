"""Which work covers which: links from a requirement to those it satisfies, without circles. Source: domain rule 1.3."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key")
Links = Mapping[Key, Iterable[Key]]


def covered(links: "Links[Key]", start: Key) -> list[Key]:
    """Everything that work under `start` satisfies, also through others, nearest first; `start` itself left out."""
    found: list[Key] = []
    ahead = list(links.get(start, ()))
    while ahead:
        one = ahead.pop(0)
        if one != start and one not in found:
            found.append(one)
            ahead += links.get(one, ())
    return found


def circle(links: "Links[Key]", start: Key, satisfied: Key) -> list[Key] | None:
    """The way back that a link from `start` to `satisfied` would close, both included; None when it closes none."""
    ways: list[list[Key]] = [[satisfied]]
    seen = {satisfied}
    while ways:
        way = ways.pop(0)
        if way[-1] == start:
            return [start, *way]
        for one in links.get(way[-1], ()):
            if one not in seen:
                seen.add(one)
                ways.append([*way, one])
    return None
