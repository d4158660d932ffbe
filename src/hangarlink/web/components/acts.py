"""Everything that is done to a component: one short form each."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.maintenance.components.actions import (
    ClockPlan,
    add_component,
    add_past_record,
    change_component,
    correct_move,
    exchange,
    install,
    move,
    read_meter,
    record_bench_time,
    record_work,
    remove,
    set_rating,
    state_total,
    undo_move,
)
from hangarlink.maintenance.components.models import Clock, Component, ComponentType, LifeLimit, Placement
from hangarlink.maintenance.components.queries import find_component
from hangarlink.maintenance.components.queries.rows import where_words
from hangarlink.maintenance.components.vocabulary import Place, Source
from hangarlink.platform.errors import Missing
from hangarlink.web.access import PageRequest, page
from hangarlink.web.components.forms import (
    AgainForm,
    ComponentForm,
    EditForm,
    ExchangeForm,
    FoundForm,
    InstallForm,
    MoveForm,
    PastForm,
    RatingForm,
    RemoveForm,
    TellForm,
    WhereForm,
    WhyForm,
    WorkForm,
)
from hangarlink.web.fleet import reads
from hangarlink.web.forms import Form, refusals_on, sent, show_form

_FIELDS = ("component_type", "name", "part_number", "serial_number", "manufacturer", "manufactured_on", "condition",
           "certificate", "certified_on", "at")  # fmt: skip


@page(permission="components.edit")
def new(request: PageRequest) -> HttpResponse:
    """Track a component that is in stock."""
    form = ComponentForm(sent(request), initial={"at": timezone.now()})
    if form.is_valid():
        with refusals_on(form):
            made = _add(request, form, location=form.cleaned_data["location"])
            return _done(request, made, f"{made} is tracked.")
    context = {
        "cancel": reverse("components:list"),
        "has_types": ComponentType.objects.exists(),
        "on": None,
    }
    return show_form(request, "components/new.html", form, context)


@page(permission="components.edit")
def found_on(request: PageRequest, aircraft_id: UUID) -> HttpResponse:
    """Track a component that was found installed on an aircraft."""
    aircraft = reads.find_aircraft(aircraft_id)
    given = {"at": timezone.now(), "position": request.GET.get("position", "")}
    form = FoundForm(aircraft, sent(request), initial=given)
    if form.is_valid():
        with refusals_on(form):
            made = _add(request, form, on=aircraft, position=form.cleaned_data["position"])
            return _done(request, made, f"{made} is tracked on {aircraft}.")
    context = {
        "cancel": reverse("components:of_aircraft", args=[aircraft_id]),
        "has_types": ComponentType.objects.exists(),
        "on": aircraft,
    }
    return show_form(request, "components/new.html", form, context)


def _add(request: PageRequest, form: ComponentForm, **where: Any) -> Component:
    said = form.cleaned_data
    plans, totals = [], []
    if said["hours_kind"]:
        source = Source.METER if said["hours_own_meter"] else Source.PARENT
        plans.append(ClockPlan(said["hours_kind"], source=source))
        totals.append((said["hours_kind"], said["hours_total"]))
    if said["count_kind"]:
        plans.append(ClockPlan(said["count_kind"]))
        totals.append((said["count_kind"], said["count_total"]))
    values = {name: said[name] for name in _FIELDS}
    made = add_component(**values, clocks=plans, acting_user=request.actor, **where)
    for kind, total in totals:
        if total is not None:
            counter = Counter.objects.get(component_id=made.pk, kind=kind)
            state_total(counter, total=total, at=said["at"], source=said["certificate"], acting_user=request.actor)
    return made


@page(permission="components.edit")
def edit(request: PageRequest, component_id: UUID) -> HttpResponse:
    """Change what is said of a component."""
    found = find_component(component_id)
    names = ("name", "condition", "certificate", "certified_on", "notes")
    initial = {name: getattr(found, name) for name in names}
    initial["manufactured_on"] = found.serialised_item.manufactured_on if found.serialised_item else None
    form = EditForm(sent(request), initial=initial)
    if found.serialised_item is None:
        form.fields.pop("manufactured_on")
    return _act(
        request, found, form, lambda: change_component(found, acting_user=request.actor, **form.cleaned_data),
        "Save", title="Edit component", text="",
    )  # fmt: skip


@page(permission="components.install")
def install_page(request: PageRequest, component_id: UUID) -> HttpResponse:
    """Install a component: first on what, then how."""
    found = find_component(component_id)
    on = _target(request.GET.get("aircraft", ""), request.GET.get("component", ""))
    if on is None:
        where = WhereForm(found, request.GET or None)
        context = {"component": found, "form": where}
        return render(request, "components/where.html", context)
    given = {"at": timezone.now(), "position": request.GET.get("position", "")}
    form = InstallForm(found, on, sent(request), initial=given)

    def act() -> object:
        said = form.cleaned_data
        return install(
            found, on=on, position=said["position"], at=said["at"], ata=said["ata"], work_order=said["work_order"],
            reason=said["reason"], as_found=said["as_found"], drivers=form.drivers(), acting_user=request.actor,
        )  # fmt: skip

    text = (
        "Its clocks run with that from then on. The installation check looks at condition, certificate and life first."
    )
    return _act(request, found, form, act, "Install", title=f"Install on {on}", text=text)


def _target(aircraft: str, component: str) -> Aircraft | Component | None:
    if as_id := _uuid(aircraft):
        return reads.find_aircraft(as_id)
    if as_id := _uuid(component):
        return find_component(as_id)
    return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@page(permission="components.install")
def remove_page(request: PageRequest, component_id: UUID) -> HttpResponse:
    """Remove a component from where it is installed."""
    found = find_component(component_id)
    form = RemoveForm(sent(request), initial={"at": timezone.now()})
    text = f"It is at {where_words(_here(found))}. Its clocks stand still from then on; its record stays."
    return _act(request, found, form, lambda: remove(found, acting_user=request.actor, **form.cleaned_data),
                "Remove", title="Remove component", text=text)  # fmt: skip


@page(permission="components.install")
def move_page(request: PageRequest, component_id: UUID) -> HttpResponse:
    """Bring a component that is not installed to another place."""
    found = find_component(component_id)
    form = MoveForm(sent(request), initial={"at": timezone.now()})
    text = "What is sent on and comes back ran where nobody told us: its totals are unknown until its papers say them."
    return _act(request, found, form, lambda: move(found, acting_user=request.actor, **form.cleaned_data),
                "Move", title="Move component", text=text)  # fmt: skip


@page(permission="components.install")
def exchange_page(request: PageRequest, component_id: UUID) -> HttpResponse:
    """Take a component off and install another of its type in its place, in one act."""
    found = find_component(component_id)
    form = ExchangeForm(found, sent(request), initial={"at": timezone.now()})

    def act() -> object:
        said = dict(form.cleaned_data)
        return exchange(found, said.pop("component"), acting_user=request.actor, **said)

    text = f"{found} comes off {where_words(_here(found))} and the other one goes there at the same moment."
    return _act(request, found, form, act, "Exchange", title="Exchange component", text=text)


@page(permission="components.record")
def work_page(request: PageRequest, component_id: UUID) -> HttpResponse:
    """Record an overhaul, a repair or other shop work."""
    found = find_component(component_id)
    form = WorkForm(_counters(found), sent(request), initial={"at": timezone.now()})

    def act() -> object:
        said = {name: form.cleaned_data[name] for name in ("kind", "at", "scope", "certificate", "work_order")}
        return record_work(found, values=form.totals(), acting_user=request.actor, **said)

    text = "Time since overhaul counts from an overhaul only; since new it goes on whatever is done."
    return _act(request, found, form, act, "Record work", title="Record shop work", text=text)


@page(permission="components.record")
def past_page(request: PageRequest, component_id: UUID) -> HttpResponse:
    """Record what a paper says of a time before or without us."""
    found = find_component(component_id)
    form = PastForm(_counters(found), sent(request))

    def act() -> object:
        said = {name: form.cleaned_data[name] for name in ("since", "until", "holder", "document")}
        return add_past_record(found, begun=form.totals("begun"), ended=form.totals("ended"),
                               acting_user=request.actor, **said)  # fmt: skip

    text = "Gaps and overlaps are shown on its page, not refused: papers say what they say."
    return _act(request, found, form, act, "Record", title="Earlier history", text=text)


@page(permission="components.record")
def rating_page(request: PageRequest, component_id: UUID) -> HttpResponse:
    """Say at which rating a component runs."""
    found = find_component(component_id)
    form = RatingForm(sent(request), initial={"at": timezone.now()})
    text = "What it and its life-limited parts run from then on counts at that rating, also flights recorded already."
    return _act(request, found, form, lambda: set_rating(found, acting_user=request.actor, **form.cleaned_data),
                "Set rating", title="Rating", text=text)  # fmt: skip


_TELL: dict[str, tuple[str, str, str]] = {
    "total": ("State total", "Total since new", "By its papers. Once more ran than they say, they are refused."),
    "bench": ("Record bench time", "Ran on the bench", "What a test run added; it ended at that moment."),
    "reading": ("Record reading", "The meter shows", "Of the component's own meter."),
}


@page(permission="components.record")
def tell_page(request: PageRequest, component_id: UUID, counter_id: UUID, what: str) -> HttpResponse:
    """Tell of one counter: its total, bench time, or what its own meter shows."""
    found = find_component(component_id)
    clock = Clock.objects.select_related("counter").filter(component=found, counter_id=counter_id).first()
    if clock is None or what not in _TELL:
        raise Missing("This component has no such counter.")
    verb, label, text = _TELL[what]
    ratings = _ratings(found, clock.counter) if what == "total" else []
    form = TellForm(clock.counter, label, ratings, sent(request), initial={"at": timezone.now()})

    def act() -> object:
        said = form.cleaned_data
        common = {"at": said["at"], "source": said["source"], "acting_user": request.actor}
        if what == "total":
            return state_total(clock.counter, total=said["amount"], by_rating=form.by_rating(), **common)
        if what == "bench":
            return record_bench_time(clock.counter, amount=said["amount"], **common)
        return read_meter(clock.counter, reading=said["amount"], **common)

    names = {"total": "amount", "reading": "amount", "by_rating": "rating_0"}
    return _act(request, found, form, act, verb, title=f"{verb}: {clock.counter.name}", text=text, names=names)


def _ratings(component: Component, counter: Counter) -> list[str]:
    """The ratings its life depends on, if there are several."""
    if component.serialised_item is None:
        return []
    rows = LifeLimit.objects.filter(item=component.serialised_item.item_id, kind=counter.kind).exclude(rating="")
    return list(rows.order_by("rating").values_list("rating", flat=True))


@page(permission="components.install")
def again(request: PageRequest, component_id: UUID, placement_id: UUID) -> HttpResponse:
    """Say that a component came somewhere at another moment."""
    found, placement = _placement(component_id, placement_id)
    form = AgainForm(sent(request), initial={"at": placement.since})
    text = f"{where_words(placement)}. The place before ends then too, and totals of everything it carries follow."
    return _act(request, found, form, lambda: correct_move(placement, acting_user=request.actor, **form.cleaned_data),
                "Correct", title="Correct the moment of a move", text=text)  # fmt: skip


@page(permission="components.install")
def undo(request: PageRequest, component_id: UUID, placement_id: UUID) -> HttpResponse:
    """Take back the last move of a component."""
    found, placement = _placement(component_id, placement_id)
    form = WhyForm(sent(request))
    text = f"It never came to {where_words(placement)}: it is still where it was before, and its totals follow."
    return _act(request, found, form, lambda: undo_move(placement, acting_user=request.actor, **form.cleaned_data),
                "Take back", title="Take back a move", text=text)  # fmt: skip


def _placement(component_id: UUID, placement_id: UUID) -> tuple[Component, Placement]:
    found = find_component(component_id)
    rows = Placement.objects.filter(component=found, superseded_at__isnull=True).select_related("aircraft", "parent")
    row = rows.filter(pk=placement_id).first()
    if row is None:
        raise Missing("This move was corrected or taken back already.")
    return found, row


def _here(component: Component) -> Placement:
    rows = Placement.objects.filter(component=component, until__isnull=True, superseded_at__isnull=True)
    row = rows.select_related("aircraft", "parent").first()
    if row is None or not row.place:
        raise Missing("Nobody knows where this component is.")
    return row


def _counters(component: Component) -> list[Counter]:
    return list(Counter.objects.filter(component_id=component.pk).order_by("position", "name"))


def _done(request: PageRequest, component: Component, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("components:component", component.pk)


def _act(
    request: PageRequest, component: Component, form: Form, act: Callable[[], object], verb: str, *, title: str,
    text: str, names: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    if form.is_valid():
        with refusals_on(form, names):
            act()
            return _done(request, component, f"{component}: done.")
    context = {"component": component, "verb": verb, "title": title, "text": text, "stock": Place.STOCK}
    return show_form(request, "components/step.html", form, context)
