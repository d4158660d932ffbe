"""Directives: entered, revised, given products, superseded, cancelled."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils import timezone

from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.compliance import events
from hangarlink.maintenance.compliance.actions.holding import for_programme, hold, revision_of
from hangarlink.maintenance.compliance.actions.paragraphs import follow_revision
from hangarlink.maintenance.compliance.models import Directive, DirectiveProduct, DirectiveRevision
from hangarlink.maintenance.compliance.rules.words import DirectiveKind
from hangarlink.maintenance.programme.actions import retire_requirement
from hangarlink.maintenance.programme.rules import effectivity as effectivity_rules
from hangarlink.maintenance.programme.rules.airworthiness import MandatoryClass
from hangarlink.maintenance.programme.texts import line, reason_given, text
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

_ATA = re.compile(r"\d{2}(-\d{2}){0,2}")
_LINES = {"label": 60, "subject": 200, "ata": 8, "source": 300}
_TEXTS = ("applies", "compliance", "note")


class Says(TypedDict, total=False):
    """What a directive says, as far as it is kept at hand. `subject` is needed at first."""

    label: str
    subject: str
    ata: str
    issued_on: date | None
    effective_on: date | None
    applies: str
    compliance: str
    source: str
    note: str


@transaction.atomic
def add_directive(
    *,
    kind: DirectiveKind | str,
    issuer: str,
    number: str,
    acting_user: Actor,
    mandatory_class: MandatoryClass | None = None,
    is_example: bool = False,
    **says: Unpack[Says],
) -> Directive:
    """Enter a directive. It names no product and asks for nothing yet. Event: directive.added.

    mandatory_class  what an overrun of it means; an AD always binds, bulletins and letters recommend unless said here
    """
    require(acting_user, "compliance.edit")
    account, kind = current_account(), _kind(kind)
    row = Directive(
        account=account, kind=kind.value, issuer=_named("issuer", issuer, 60), number=_named("number", number, 50),
        mandatory_class=_class(kind, mandatory_class).value, is_example=is_example,
    )  # fmt: skip
    values = _checked(says)
    if not values.get("subject"):
        raise RuleBroken("Say what the directive is about.", field="subject")
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken(f"{row} of {row.issuer} is here already. Revise it instead.", field="number") from error
    DirectiveRevision.objects.create(account=account, directive=row, number=1, made_by=acting_user.id, **values)
    record(acting_user, row, "added", new={"directive": str(row), "issuer": row.issuer, **values})
    announce(events.DirectiveAdded(row.id))
    return row


@transaction.atomic
def revise_directive(
    directive: Directive, *, reason: str, acting_user: Actor, reassess: bool = True, **says: Unpack[Says]
) -> DirectiveRevision:
    """Enter a new revision. Event: directive.revised.

    reassess  what was decided for earlier revisions no longer counts, and the aircraft are unknown until it is decided
              again. Say False only when nothing in it can change a decision

    Due items follow a changed effective day; changed limits are entered at their paragraph. Nothing happens when
    nothing differs.
    """
    require(acting_user, "compliance.edit")
    directive = hold(directive)
    stands = revision_of(directive)
    old = {name: getattr(stands, name) for name in Says.__annotations__}
    changed = {name: value for name, value in _checked(says).items() if value != old[name]}
    if not changed:
        return stands
    if "subject" in changed and not changed["subject"]:
        raise RuleBroken("Say what the directive is about.", field="subject")
    reason = reason_given(reason)
    number = directive.current + 1
    revision = DirectiveRevision.objects.create(
        account=current_account(), directive=directive, number=number, reason=reason, made_by=acting_user.id,
        **(old | changed),
    )  # fmt: skip
    directive.current = number
    directive.carried = number if reassess else directive.carried
    directive.save(update_fields=["current", "carried"])
    follow_revision(directive, reason=reason, acting_user=acting_user)
    record(
        acting_user, directive, "revised", old={name: old[name] for name in changed},
        new={**changed, "revision": number, "reassess": reassess, "reason": reason},
    )  # fmt: skip
    announce(events.DirectiveRevised(directive.id, number, reassess))
    return revision


@transaction.atomic
def add_product(
    directive: Directive,
    *,
    acting_user: Actor,
    aircraft_model: AircraftModel | None = None,
    part_number: str = "",
    effectivity: Mapping[str, Any] | None = None,
) -> DirectiveProduct:
    """Name a product: an aircraft model or a part number, one of them. Event: directive.products_changed.

    effectivity  what narrows it (`programme.rules.effectivity`); it proposes, a person decides
    """
    require(acting_user, "compliance.edit")
    directive = hold(directive)
    part = line("part_number", part_number, 60)
    if (aircraft_model is None) == (not part):
        raise RuleBroken("Give an aircraft model or a part number, one of them.", field="aircraft_model")
    if aircraft_model is not None and not AircraftModel.objects.filter(pk=aircraft_model.pk).exists():
        raise Missing("There is no such aircraft model in this account.")
    row, made = DirectiveProduct.objects.get_or_create(
        account=current_account(), directive=directive, aircraft_model=aircraft_model, part_number=part
    )
    narrowed = effectivity_rules.to_json(effectivity_rules.from_json(dict(effectivity or {})))
    if not made and row.effectivity == narrowed:
        return row
    row.effectivity = narrowed
    row.save(update_fields=["effectivity"])
    record(acting_user, directive, "product_added", new={"product": str(row), "effectivity": narrowed})
    announce(events.DirectiveProductsChanged(directive.id))
    return row


@transaction.atomic
def remove_product(product: DirectiveProduct, *, reason: str, acting_user: Actor) -> None:
    """The directive does not name it after all. What was decided for it stays on record and in force.

    Event: directive.products_changed.
    """
    require(acting_user, "compliance.edit")
    row = DirectiveProduct.objects.filter(pk=product.pk).select_related("aircraft_model").first()
    if row is None:
        raise Missing("The directive names this product no more.")
    directive, reason = hold(Directive(pk=row.directive_id)), reason_given(reason)
    said = str(row)
    row.delete()
    record(acting_user, directive, "product_removed", old={"product": said}, new={"reason": reason})
    announce(events.DirectiveProductsChanged(directive.id))


@transaction.atomic
def supersede_directive(directive: Directive, by: Directive, *, acting_user: Actor) -> None:
    """Another directive takes its place. Event: directive.superseded.

    Until the new one is assessed on an object, what the old one demands there goes on. The new one names at least the
    products of the old one afterwards: an aircraft must not fall between the two.
    """
    require(acting_user, "compliance.edit")
    directive, by = hold(directive), hold(by)
    if directive.superseded_by_id:
        raise RuleBroken(f"{directive} is superseded by {directive.superseded_by} already.", field="by")
    if any(one == directive.pk for one in _successors(by)):
        raise RuleBroken(f"{by} is itself superseded by {directive}: one of the two must stand.", field="by")
    directive.superseded_by, directive.superseded_at = by, timezone.now()
    directive.save(update_fields=["superseded_by", "superseded_at"])
    for product in directive.products.select_related("aircraft_model"):
        known = by.products.filter(aircraft_model=product.aircraft_model_id, part_number=product.part_number)
        if not known.exists():
            add_product(
                by, aircraft_model=product.aircraft_model, part_number=product.part_number,
                effectivity=product.effectivity, acting_user=acting_user,
            )  # fmt: skip
    record(acting_user, directive, "superseded", new={"by": str(by)})
    announce(events.DirectiveSuperseded(directive.id, by.id))


@transaction.atomic
def cancel_directive(directive: Directive, *, reason: str, acting_user: Actor) -> None:
    """Its issuer took it back: nothing is demanded any more, the history stays. Event: directive.cancelled."""
    require(acting_user, "compliance.edit")
    directive, reason = hold(directive), reason_given(reason)
    directive.cancelled_at = timezone.now()
    directive.save(update_fields=["cancelled_at"])
    kept = [row.requirement for row in directive.paragraphs.filter(retired_at=None).select_related("requirement")]
    kept += [row.requirement for row in directive.amocs.filter(withdrawn_at=None).select_related("requirement")]
    for requirement in kept:
        if requirement is not None and requirement.retired_at is None:
            retire_requirement(requirement, reason=reason, acting_user=for_programme(acting_user))
    record(acting_user, directive, "cancelled", new={"reason": reason})
    announce(events.DirectiveCancelled(directive.id))


def _successors(directive: Directive) -> list[object]:
    """The directives that take its place, one after the other."""
    found: list[object] = [directive.pk]
    at: Directive | None = directive
    while at is not None and at.superseded_by_id is not None and at.superseded_by_id not in found:
        found.append(at.superseded_by_id)
        at = at.superseded_by
    return found


def _checked(says: Says) -> dict[str, Any]:
    given: dict[str, Any] = dict(says)
    for name, limit in _LINES.items():
        if name in given:
            given[name] = line(name, given[name], limit)
    for name in _TEXTS:
        if name in given:
            given[name] = text(name, given[name])
    if given.get("ata") and not _ATA.fullmatch(given["ata"]):
        raise RuleBroken(f"{given['ata']!r} is not an ATA chapter. Write 32, 32-10 or 32-10-00.", field="ata")
    return given


def _named(field: str, said: str, limit: int) -> str:
    found = line(field, said, limit)
    if not found:
        words = "Say who issued it, such as FAA or the manufacturer." if field == "issuer" else "Give its number."
        raise RuleBroken(words, field=field)
    return found


def _kind(given: DirectiveKind | str) -> DirectiveKind:
    if given not in set(DirectiveKind):
        raise RuleBroken(f"{given!r} is not a kind of directive. Use ad, sb or sl.", field="kind")
    return DirectiveKind(given)


def _class(kind: DirectiveKind, given: MandatoryClass | None) -> MandatoryClass:
    if given is None:
        return kind.usual_class
    if kind is DirectiveKind.AD and given is not MandatoryClass.AIRWORTHINESS_DIRECTIVE:
        raise RuleBroken(
            "An airworthiness directive always binds: its class cannot be another.", field="mandatory_class"
        )
    return MandatoryClass(given)
