"""Example programmes that ship with the product, made of published facts. Not for operational use."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.db import transaction

from hangarlink.maintenance.amp.actions import add_programme, draft_revision, put_tasks
from hangarlink.maintenance.amp.models import Revision
from hangarlink.maintenance.amp.sheets import read_rows
from hangarlink.maintenance.programme.counters import units_by_name
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import Actor

NOT_FOR_USE = "Example, not for operational use: check every interval against the current documents."


@dataclass(frozen=True)
class Example:
    """One example, as its file says it.

    verified  the facts were read in the named source; else they are general knowledge of the type
    tasks     rows as a spreadsheet has them (`sheets.COLUMNS`)
    """

    key: str
    code: str
    name: str
    source: str
    verified: bool
    tasks: tuple[Mapping[str, str], ...]
    note: str = ""
    is_minimum: bool = False


@cache
def examples() -> tuple[Example, ...]:
    """All of them, by code."""
    found = [file for file in files(__name__).iterdir() if file.name.endswith(".toml")]
    made = [(file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8"))) for file in found]
    read = [Example(key=key, **{**said, "tasks": tuple(said["tasks"])}) for key, said in made]
    return tuple(sorted(read, key=lambda one: one.code))


@transaction.atomic
def take_example(key: str, *, acting_user: Actor) -> Revision:
    """A programme of this account made from an example, as a first draft that somebody has to review.

    Raises Missing, RuleBroken when its code is taken.
    """
    one = next((one for one in examples() if one.key == key), None)
    if one is None:
        raise Missing("There is no such example.")
    said = [NOT_FOR_USE, f"Source: {one.source}.", one.note]
    made = add_programme(
        code=one.code, name=one.name, is_minimum=one.is_minimum, is_example=True, acting_user=acting_user,
        description="\n".join(part for part in said if part),
    )  # fmt: skip
    draft = draft_revision(made, summary=f"From the example; source: {one.source}"[:300], acting_user=acting_user)
    sheet = read_rows(list(enumerate(one.tasks, start=2)), units_by_name())
    put_tasks(draft, sheet.tasks, acting_user=acting_user)
    return draft
