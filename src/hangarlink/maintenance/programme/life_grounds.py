"""Life-limited parts as reasons for an aircraft's state: past their life, at its end, or of unknown history.

Source: domain rules 1.4 and 1.6. A part whose past nobody knows is unknown, never young.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

from hangarlink.maintenance.components.lives import PartLife, lives
from hangarlink.maintenance.components.models import Component
from hangarlink.maintenance.components.structure import on_aircraft
from hangarlink.maintenance.programme.grounding import Grounds
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness, Ground
from hangarlink.maintenance.programme.words import show

# The last twentieth of a life asks for attention: parts have to be ordered.
NEARLY = 20


def life_grounds(aircraft_ids: Collection[UUID], as_of: date) -> Grounds:  # noqa: ARG001 - lives end by use, not by day
    """Of the parts on these aircraft, those whose life is over, ends soon, or is not known.

    A fixed number of statements: one where nothing is installed, three where nothing is limited.
    """
    aboard = on_aircraft(aircraft_ids)
    everything = {part for parts in aboard.values() for part in parts}
    if not everything:
        return {}
    limited = lives(everything)
    named = Component.objects.select_related("serialised_item__item").in_bulk(list(limited))
    found: dict[UUID, list[Ground]] = defaultdict(list)
    for aircraft_id, parts in aboard.items():
        for part in sorted(parts & limited.keys()):
            found[aircraft_id] += _grounds(named[part], limited[part])
    return found


def _grounds(component: Component, lived: Collection[PartLife]) -> Iterator[Ground]:
    for one in lived:
        state, code, said = _verdict(one)
        if code:
            yield Ground(
                state, code, str(component.pk), f"{component} life limit", source=one.source, said=f"{component} {said}"
            )


def _verdict(one: PartLife) -> tuple[Airworthiness, str, str]:
    """State, code and words; no code where there is nothing to say."""
    used, left = one.life.used, one.life.left
    if used is None or left is None or one.counter is None:
        return (
            Airworthiness.UNKNOWN,
            "life_unknown",
            f"has a life limit in {one.kind}, and what it has run is not known",
        )
    if used > 1:
        return Airworthiness.GROUNDED, "life_over", f"is past its life limit by {show(one.counter, -left)}"
    if used * NEARLY >= NEARLY - 1:
        return Airworthiness.DUE_SOON, "life_ending", f"has {show(one.counter, left)} of its life left"
    return Airworthiness.OK, "", ""
