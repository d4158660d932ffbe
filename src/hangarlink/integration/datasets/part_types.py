"""The mapping of requirements to the partner's maintenance types: what may be mapped, and the only writer."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.transaction import atomic

from hangarlink.integration.connections import events
from hangarlink.integration.connections.models import Connection, Link
from hangarlink.integration.connections.rights import EDIT, require_right
from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.parts import OPTION, Types, is_type_id, types_in
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor


@dataclass(frozen=True)
class Mappable:
    """The mapping as it stands, and what may be mapped: classes, and requirements in force by id with their names."""

    types: Types
    classes: Mapping[str, str]
    requirements: Mapping[UUID, str]


def mappable(connection: Connection) -> Mappable:
    """One query."""
    rows = Requirement.objects.filter(retired_at__isnull=True).order_by("reference").values_list("pk", "reference")
    classes = {word.value: word.value.replace("_", " ").capitalize() for word in MandatoryClass}
    return Mappable(types_in(connection.options.get(OPTION)), classes, dict(rows))


@atomic
def map_types(connection: Connection, types: Types, *, acting_user: Actor) -> bool:
    """Say which maintenance type each class or requirement is at the partner; what is left out is not sent. Whether
    anything differs. What is mapped anew is sent with the next run, as parts of the new type.

    Events: connection.changed. Raises RuleBroken (field: the class or the requirement's id) for a type's id that
    cannot be one, and for a class or requirement that is not there.
    """
    require_right(acting_user, connection.connector, EDIT)
    held = Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
    known = mappable(held)
    for name, type_id in [*types.classes.items(), *((str(id), type) for id, type in types.requirements.items())]:
        if not is_type_id(type_id):
            raise RuleBroken(f"{type_id!r:.80} is no id. Enter letters and digits only, like 701.", field=name)
    if unknown := set(types.classes) - set(known.classes):
        raise RuleBroken("There is no such class of requirements.", field=unknown.pop())
    if gone := set(types.requirements) - set(known.requirements) - set(known.types.requirements):
        raise RuleBroken("There is no such requirement in force.", field=str(gone.pop()))
    old, new = known.types.stored(), types.stored()
    if old == new:
        return False
    held.options = {**held.options, OPTION: new}
    held.save(update_fields=["options"])
    # What says the same is recognised as known there; only what is of another type now goes out.
    links = Link.objects.filter(connection=held, dataset=Dataset.MAINTENANCE_PARTS)
    links.update(internal_version=None, refused_version=None)
    record(acting_user, held, "maintenance_types_mapped", old=old, new=new)
    announce(events.ConnectionChanged(held.id))
    connection.options = held.options
    return True
