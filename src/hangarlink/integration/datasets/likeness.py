"""Whether a partner's person or company is one that is here already, by name and e-mail address. Pure.

Sure is only one thing: exactly one row with the same address, or with the same name where neither has an address, and
no other record of the page that says the same of itself. Everything else that looks alike is for a person to choose.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Likeness:
    """Rows that a record may be. is_sure: the one row that it is; `by` says by what."""

    ids: tuple[UUID, ...]
    is_sure: bool
    by: str


@dataclass(frozen=True, slots=True)
class Called:
    """What somebody is called; key: the partner's id, or ours."""

    key: str
    name: str
    email: str


def plain(text: str) -> str:
    """As it is compared: without case, doubled blanks, or ways of writing the same letter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def likenesses(told: Sequence[Called], ours: Sequence[Called]) -> Mapping[str, Likeness]:
    """By the partner's id; who is like nobody here is left out. `ours` are rows without a link to this partner."""
    by_email, by_name = _grouped(ours, "email"), _grouped(ours, "name")
    found = {one.key: like for one in told if (like := _likeness(one, by_email, by_name)) is not None}
    claims = Counter(like.ids for like in found.values() if like.is_sure)
    taken = {like.ids[0] for like in found.values() if like.is_sure and claims[like.ids] == 1}
    answers: dict[str, Likeness] = {}
    for key, like in found.items():
        if like.is_sure and claims[like.ids] == 1:
            answers[key] = like
        elif left := tuple(id for id in like.ids if id not in taken):
            answers[key] = Likeness(left, is_sure=False, by=like.by)
    return answers


def _likeness(
    one: Called, by_email: Mapping[str, list[Called]], by_name: Mapping[str, list[Called]]
) -> Likeness | None:
    if one.email and (same := by_email.get(plain(one.email))):
        return Likeness(_ids(same), is_sure=len(same) == 1, by="e-mail address")
    if not (same := by_name.get(plain(one.name), [])):
        return None
    is_sure = len(same) == 1 and not one.email and not same[0].email
    return Likeness(_ids(same), is_sure=is_sure, by="name")


def _grouped(rows: Iterable[Called], name: str) -> dict[str, list[Called]]:
    groups: dict[str, list[Called]] = defaultdict(list)
    for row in rows:
        if value := plain(getattr(row, name)):
            groups[value].append(row)
    return groups


def _ids(rows: Iterable[Called]) -> tuple[UUID, ...]:
    return tuple(sorted(UUID(row.key) for row in rows))
