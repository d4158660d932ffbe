"""Figures for the annual review: how much the aircraft under a programme flew, and what was late."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from hangarlink.fleet.models import Aircraft, UsageEntry
from hangarlink.fleet.vocabulary import EntryKind
from hangarlink.maintenance.amp.contents import requirements_of
from hangarlink.maintenance.amp.models import Assignment, Programme
from hangarlink.maintenance.programme.days import start_of
from hangarlink.maintenance.programme.models import Accomplishment
from hangarlink.maintenance.programme.rules.dues import AtCount, OnDate, due_from_json

YEAR = timedelta(days=365)


def aircraft_under(programme: Programme) -> list[Aircraft]:
    """Aircraft that the programme holds for, by registration."""
    rows = Assignment.objects.filter(programme=programme).values_list("aircraft_id", "aircraft_model_id")
    pairs = list(rows)
    wanted = Q(id__in=[one for one, _ in pairs if one]) | Q(aircraft_model__in=[model for _, model in pairs if model])
    found = Aircraft.objects.filter(wanted) if pairs else Aircraft.objects.none()
    return list(found.select_related("aircraft_model").order_by("registration"))


def facts_of(programme: Programme, held_on: date) -> dict[str, Any]:
    """The year before a day: use by aircraft and counter, work done, and work done after it was due."""
    aircraft = aircraft_under(programme)
    done = _done(programme, held_on)
    return {
        "since": (held_on - YEAR).isoformat(),
        "aircraft": [one.registration for one in aircraft],
        "use": _use([one.pk for one in aircraft], held_on),
        "done": len(done),
        "late": sum(map(_was_late, done)),
    }


def _use(aircraft_ids: Collection[UUID], held_on: date) -> list[dict[str, Any]]:
    rows = UsageEntry.objects.filter(
        counter__aircraft_id__in=aircraft_ids, kind=EntryKind.FLIGHT, superseded_at__isnull=True,
        flight__cancelled_at__isnull=True, at__gte=start_of(held_on - YEAR), at__lt=start_of(held_on),
    )  # fmt: skip
    summed = rows.values("counter__aircraft__registration", "counter__name", "counter__unit").annotate(
        used=Sum("amount")
    )
    return [
        {
            "aircraft": row["counter__aircraft__registration"], "counter": row["counter__name"],
            "unit": row["counter__unit"], "used": row["used"],
        }
        for row in summed.order_by("counter__aircraft__registration", "counter__name")
    ]  # fmt: skip


def _done(programme: Programme, held_on: date) -> list[Accomplishment]:
    rows = Accomplishment.objects.filter(
        item__requirement_id__in=list(requirements_of(programme).values()), superseded_at__isnull=True,
        is_withdrawn=False, on__gt=held_on - YEAR, on__lte=held_on,
    )  # fmt: skip
    return list(rows.prefetch_related("values"))


def _was_late(one: Accomplishment) -> bool:
    """Done after one of the due points it answered. Under LAST that may still have been in time; it is worth a look."""
    values = {str(value.counter_id): value.value for value in one.values.all()}
    for due in map(due_from_json, one.was_due.values()):
        if isinstance(due, OnDate) and one.on > due.on:
            return True
        if isinstance(due, AtCount) and values.get(due.counter, due.value) > due.value:
            return True
    return False
