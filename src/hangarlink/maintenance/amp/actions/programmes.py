"""Programmes themselves."""

import re
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction

from hangarlink.maintenance.amp import events
from hangarlink.maintenance.amp.models import Programme
from hangarlink.maintenance.programme.texts import line, text
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]*")


class ProgrammeValues(TypedDict, total=False):
    """What may be said about a programme. The code and whether it is a minimum programme are said once."""

    name: str
    description: str
    minimum: Programme | None


@transaction.atomic
def add_programme(
    *,
    code: str,
    is_minimum: bool = False,
    is_example: bool = False,
    acting_user: Actor,
    **values: Unpack[ProgrammeValues],
) -> Programme:
    """Add a programme; it demands nothing before a revision is activated. Event: programme.added.

    Raises RuleBroken naming the field.
    """
    require(acting_user, "amp.edit")
    code = line("code", code, 20)
    if not _CODE.fullmatch(code):
        raise RuleBroken(f"{code!r} cannot be a code: letters, digits and . / _ - only, such as AMP-172.", field="code")
    checked = _checked({"name": "", **values})
    row = Programme(account=current_account(), code=code, is_minimum=is_minimum, is_example=is_example, **checked)
    _check_minimum(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken(f"There is a programme {code} already. Choose another code.", field="code") from error
    record(acting_user, row, "added", new={"code": code, "is_minimum": is_minimum, **_shown(checked)})
    announce(events.ProgrammeAdded(row.id))
    return row


@transaction.atomic
def change_programme(programme: Programme, *, acting_user: Actor, **values: Unpack[ProgrammeValues]) -> Programme:
    """Change the given values. Event: programme.changed, unless nothing differs."""
    require(acting_user, "amp.edit")
    row = locked_programme(programme)
    old, new = changes(row, _checked(values))
    if not new:
        return row
    for name, value in new.items():
        setattr(row, name, value)
    _check_minimum(row)
    row.save(update_fields=list(new))
    record(acting_user, row, "changed", old=_shown(old), new=_shown(new))
    announce(events.ProgrammeChanged(row.id, tuple(sorted(new))))
    return row


def locked_programme(programme: Programme) -> Programme:
    """The programme as it is now, held until the transaction ends: its revisions change one after the other."""
    found = Programme.objects.select_for_update(no_key=True).filter(pk=programme.pk).first()
    if found is None:
        raise Missing("There is no such programme in this account.")
    return found


def _checked(values: ProgrammeValues) -> dict[str, Any]:
    given: dict[str, Any] = dict(values)
    if "name" in given:
        given["name"] = line("name", given["name"], 200)
        if not given["name"]:
            raise RuleBroken("A programme needs a name.", field="name")
    if "description" in given:
        given["description"] = text("description", given["description"])
    return given


def _check_minimum(row: Programme) -> None:
    if row.minimum is None:
        return
    if row.is_minimum:
        raise RuleBroken("A minimum programme is not compared with another one.", field="minimum")
    if not Programme.objects.filter(pk=row.minimum.pk, is_minimum=True).exists():
        raise RuleBroken(
            f"{row.minimum} is not a minimum programme of this account. Choose one that is.", field="minimum"
        )


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Programme) else value for name, value in values.items()}
