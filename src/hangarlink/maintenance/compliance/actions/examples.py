"""Taking over an example directive."""

from collections.abc import Collection

from django.db import transaction

from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.compliance.actions.directives import add_directive, add_product
from hangarlink.maintenance.compliance.actions.paragraphs import add_paragraph
from hangarlink.maintenance.compliance.examples import Example, examples
from hangarlink.maintenance.compliance.models import Directive
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import Actor


@transaction.atomic
def take_example(
    number: str,
    *,
    aircraft_models: Collection[AircraftModel] = (),
    part_numbers: Collection[str] = (),
    acting_user: Actor,
) -> Directive:
    """Enter an example directive for these products. It is marked as an example, and its note says what that means.

    Raises Missing for a number that is no example, RuleBroken when it is here already.
    """
    example = _example(number)
    made = add_directive(
        kind=example.kind, issuer=example.issuer, number=example.number, subject=example.subject, ata=example.ata,
        effective_on=example.effective_on, applies=example.applies, compliance=example.compliance,
        source=example.source, note=example.note, is_example=True, acting_user=acting_user,
    )  # fmt: skip
    for one in example.paragraphs:
        add_paragraph(
            made, title=one.title, code=one.code, kind=one.kind, schedule=one.schedule, acting_user=acting_user
        )
    for model in aircraft_models:
        add_product(made, aircraft_model=model, acting_user=acting_user)
    for part in part_numbers:
        add_product(made, part_number=part, acting_user=acting_user)
    return made


def _example(number: str) -> Example:
    found = next((one for one in examples() if one.number == number), None)
    if found is None:
        raise Missing(f"{number!r} is no example. There are {', '.join(one.number for one in examples())}.")
    return found
