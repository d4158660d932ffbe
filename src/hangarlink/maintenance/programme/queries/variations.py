"""Approved variations of an item, with what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from hangarlink.maintenance.programme.models import Accomplishment, Variation
from hangarlink.maintenance.programme.rules.standing import Standing


class Fate(StrEnum):
    """HOLDS now; SPENT by the next accomplishment; WITHDRAWN by a person; LAPSED: what it extended is gone."""

    HOLDS = "holds"
    SPENT = "spent"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class VariationRow:
    """One approval and how it stands."""

    row: Variation
    fate: Fate


def variations_of(item_id: UUID, standing: Standing, history: Sequence[Accomplishment]) -> list[VariationRow]:
    """Every approval of an item, latest first.

    history  its accomplishments that stand
    """
    chains = [one.chain for one in sorted(history, key=lambda one: (one.due_reference, one.chain))]
    holding = {term.path: term.variation for term in standing.terms if term.variation}
    rows = Variation.objects.filter(item_id=item_id).select_related("counter").order_by("-recorded_at", "-id")
    return [VariationRow(one, _fate(one, chains, set(holding))) for one in rows]


def _fate(one: Variation, chains: list[UUID], holding: set[str]) -> Fate:
    if one.withdrawn_at:
        return Fate.WITHDRAWN
    last = chains[-1] if chains else None
    if one.after == last:
        return Fate.HOLDS if one.path in holding else Fate.LAPSED
    return Fate.SPENT if one.after is None or one.after in chains else Fate.LAPSED
