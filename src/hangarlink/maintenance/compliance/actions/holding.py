"""What every action of compliance begins with: the directive held, and the programme's rights lent for its work."""

from dataclasses import replace

from hangarlink.maintenance.compliance.models import Directive, DirectiveRevision
from hangarlink.maintenance.compliance.queries.rows import Narrow, Pair, pairs
from hangarlink.maintenance.compliance.rules.standing import check_step
from hangarlink.maintenance.compliance.subjects import Object, Subject, subject_of
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.people.permissions import Actor

PROGRAMME = frozenset({"programme.edit", "programme.record"})


def for_programme(acting_user: Actor) -> Actor:
    """The same person, lent what the programme asks for: who may assess a directive may bring its limits about.

    The person's own permission was required before; the audit trail shows the person.
    """
    return replace(acting_user, permissions=acting_user.permissions | PROGRAMME)


def hold(directive: Directive) -> Directive:
    """The directive, held until the transaction ends so that two decisions cannot both be the current one."""
    found = Directive.objects.select_for_update(no_key=True).filter(pk=directive.pk).first()
    if found is None:
        raise Missing("There is no such directive in this account.")
    if found.cancelled_at:
        raise RuleBroken(f"{found} was cancelled on {found.cancelled_at:%Y-%m-%d}: it demands nothing any more.")
    return found


def hold_pair(directive: Directive, on: Object, step: str) -> tuple[Directive, Subject, Pair]:
    """The directive held, the object, and how it stands there. Raises RuleBroken when the step may not follow."""
    held, subject = hold(directive), subject_of(on)
    found = pair_of(held, subject)
    if found is None:
        raise RuleBroken(
            f"{held} does not name {subject.name}: it is for other products. Add its model or part number first.",
            field="object",
        )
    check_step(step, found.state, str(held))
    return held, subject, found


def pair_of(directive: Directive, subject: Subject) -> Pair | None:
    """How a directive stands on an object; None when it does not name it and nothing was decided."""
    aircraft, component = subject.columns["aircraft_id"], subject.columns["component_id"]
    narrow = Narrow(
        directive_id=directive.pk,
        aircraft_ids=[aircraft] if aircraft else None,
        component_ids=[component] if component else None,
    )
    return next((one for one in pairs(narrow) if (one.aircraft_id, one.component_id) == (aircraft, component)), None)


def revision_of(directive: Directive) -> DirectiveRevision:
    """The revision in force."""
    return DirectiveRevision.objects.get(directive=directive, number=directive.current)
