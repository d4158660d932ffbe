"""Work that was done under a due item: recorded, with a look ahead."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.gate import ApiRequest
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Incoming, Moment, Plain, Quantity
from hangarlink.api.v1.impact import EXAMPLE, ChangeAnswer, previewed
from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.maintenance.programme.actions import record_accomplishment
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.quantities import Unit, parse_quantity


class DoneValueIn(Incoming):
    """What a counter showed then."""

    name: Plain = Field(min_length=1, max_length=60, description="The counter's name, to the letter.")
    value: Quantity = Field(description="Hours (4812.3, 4812:18) or a count.")


class DoneWorkIn(Incoming):
    performed_at: Moment
    released_at: Moment | None = Field(None, description="When released to service; intervals count from it.")
    values: list[DoneValueIn] = Field(default_factory=list, max_length=50, description="Others follow from usage.")
    certificate: Plain = Field("", max_length=120, description="Reference of the release.")
    note: Plain = Field("", max_length=10_000)


_REQUEST = {
    "performed_at": "2026-06-03T09:12:00Z",
    "values": [{"name": "Hobbs", "value": "4812.3"}],
    "certificate": "CRS 2026-17",
}


@endpoint(
    "POST",
    "/due_items/{id}/accomplishments",
    scope=Scope.PROGRAMME_RECORD,
    flow=Flow.DUE_ITEMS,
    tag="Due items",
    summary="Record work done under a due item",
    answers={200: ChangeAnswer, 201: ChangeAnswer},
    examples={"request": _REQUEST, "response": EXAMPLE},
)
def record_work(request: ApiRequest, id: UUID, body: DoneWorkIn, preview: bool = False) -> Answer:
    """Records that it was done; what falls due next follows. The item must be an aircraft's.

    With `?preview=true` nothing is kept: the answer tells which due items would move, from what to what.
    """
    (item, aircraft), actor = _find(id), request.auth.actor
    counters = list(Counter.objects.filter(aircraft=aircraft).order_by("position", "name"))
    values = _values(body.values, counters)

    def work() -> None:
        record_accomplishment(
            item.requirement, aircraft, performed_at=body.performed_at, released_at=body.released_at,
            values=values, certificate=body.certificate, note=body.note, acting_user=actor,
        )  # fmt: skip

    answer: ChangeAnswer = previewed(work, preview=preview, acting_user=actor)
    if preview:
        return Answer(answer, Logged.READ, f"{item.requirement.reference} looked at as if done.")
    return Answer(answer, Logged.CREATED, f"{item.requirement.reference} recorded as done.", status=201)


def _values(given: Sequence[DoneValueIn], counters: Sequence[Counter]) -> Mapping[UUID, int]:
    by_name = {counter.name: counter for counter in counters}
    found: dict[UUID, int] = {}
    for place, one in enumerate(given):
        field = f"values[{place}]"
        counter = by_name.get(one.name)
        if counter is None:
            known = ", ".join(by_name) or "none"
            raise RuleBroken(f"{field}.name: the aircraft has no counter {one.name!r}. It has: {known}.", field=field)
        if counter.pk in found:
            raise RuleBroken(f"{field}.name: {one.name!r} is given twice.", field=field)
        found[counter.pk] = parse_quantity(one.value, Unit(counter.unit), field=f"{field}.value")
    return found


def _find(id: UUID) -> tuple[DueItem, Aircraft]:
    rows = DueItem.objects.select_related("requirement", "aircraft").filter(closed_at__isnull=True)
    found = rows.filter(pk=id, component__isnull=True).first()
    if found is None or found.aircraft is None:
        raise Missing(f"There is no open due item {id} on an aircraft of this account.")
    return found, found.aircraft
