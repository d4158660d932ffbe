"""Pages that write down what moved a counter, and put it right."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from hangarlink.fleet.actions.discrepancies import settle_discrepancy
from hangarlink.fleet.actions.readings import (
    correct_reading,
    correct_replacement,
    record_reading,
    replace_instrument,
    set_opening,
    withdraw_entry,
)
from hangarlink.fleet.models import Counter, UsageEntry
from hangarlink.fleet.queries import discrepancies
from hangarlink.fleet.vocabulary import EntryKind
from hangarlink.platform.errors import Missing
from hangarlink.web import formats
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet import reads
from hangarlink.web.fleet.usage_forms import CorrectionForm, OpeningForm, ReadingForm, ReasonForm, ReplacementForm
from hangarlink.web.fleet.words import ENTRY_WORDS
from hangarlink.web.forms import Form, refusals_on, show_form
from hangarlink.web.programme.impact import consequences, is_preview, typed


@page(permission="fleet.record_usage")
def reading(request: PageRequest, aircraft_id: UUID, counter_id: UUID) -> HttpResponse:
    """Record a reading."""
    counter = reads.find_counter(aircraft_id, counter_id)
    form = ReadingForm(counter, typed(request), initial={"at": timezone.now()})
    return _answer(
        request, counter, form, "Record reading",
        lambda: record_reading(
            counter, reading=form.cleaned_data["reading"], at=form.cleaned_data["at"], acting_user=request.actor
        ),
        "What the instrument shows beyond the recorded flights is added to the total.",
    )  # fmt: skip


@page(permission="fleet.record_usage")
def opening(request: PageRequest, aircraft_id: UUID, counter_id: UUID) -> HttpResponse:
    """Say where a counter stood, or correct that."""
    counter = reads.find_counter(aircraft_id, counter_id)
    stood = UsageEntry.objects.filter(counter=counter, kind=EntryKind.OPENING, superseded_at=None).first()
    form = OpeningForm(counter, stood, typed(request))
    return _answer(
        request, counter, form, "Correct opening balance" if stood else "Set opening balance",
        lambda: set_opening(
            counter, total=form.cleaned_data["total"], at=form.cleaned_data["at"],
            reading=form.cleaned_data.get("reading"), reason=form.cleaned_data.get("reason", ""),
            acting_user=request.actor,
        ),
        "From this moment on every flight adds to the total. Until it is set, the total is unknown, never zero.",
    )  # fmt: skip


@page(permission="fleet.record_usage")
def replacement(request: PageRequest, aircraft_id: UUID, counter_id: UUID) -> HttpResponse:
    """Record that the instrument was changed."""
    counter = reads.find_counter(aircraft_id, counter_id)
    form = ReplacementForm(counter, typed(request), initial={"at": timezone.now()})
    return _answer(
        request, counter, form, "Replace instrument",
        lambda: replace_instrument(
            counter, at=form.cleaned_data["at"], last_reading=form.cleaned_data["last_reading"],
            new_start=form.cleaned_data["new_start"], acting_user=request.actor,
        ),
        "The total goes on from where it stands. Later readings are of the new instrument.",
    )  # fmt: skip


@page(permission="fleet.correct_usage")
def correct_entry(request: PageRequest, aircraft_id: UUID, counter_id: UUID, entry_id: UUID) -> HttpResponse:
    """Put other values in the place of a reading or an instrument change."""
    counter = reads.find_counter(aircraft_id, counter_id)
    entry = _entry(counter, entry_id)
    if entry.kind == EntryKind.OPENING:
        return redirect("fleet:opening", aircraft_id, counter_id)
    form = CorrectionForm(counter, entry, typed(request))

    def correct() -> object:
        given = form.cleaned_data
        if entry.kind == EntryKind.READING:
            return correct_reading(entry, reading=given["reading"], reason=given["reason"], acting_user=request.actor)
        return correct_replacement(
            entry, last_reading=given["last_reading"], new_start=given["new_start"], reason=given["reason"],
            acting_user=request.actor,
        )  # fmt: skip

    word = ENTRY_WORDS[EntryKind(entry.kind)].lower()
    text = (
        f"The {word} of {formats.moment_text(entry.at)}. Totals after it are worked out anew; the old values are kept."
    )
    away = reverse("fleet:withdraw_entry", args=[aircraft_id, counter_id, entry_id])
    return _answer(request, counter, form, f"Correct {word}", correct, text, withdraw_href=away)


@page(permission="fleet.correct_usage")
def withdraw(request: PageRequest, aircraft_id: UUID, counter_id: UUID, entry_id: UUID) -> HttpResponse:
    """Take back an entry that should not be there."""
    counter = reads.find_counter(aircraft_id, counter_id)
    entry = _entry(counter, entry_id)
    form = ReasonForm(typed(request))
    word = ENTRY_WORDS[EntryKind(entry.kind)].lower()
    text = (
        f"The {word} of {formats.moment_text(entry.at)} no longer counts, and totals after it are worked out anew. "
        "It stays in the history."
    )
    return _answer(
        request, counter, form, f"Withdraw {word}",
        lambda: withdraw_entry(entry, reason=form.cleaned_data["reason"], acting_user=request.actor), text, danger=True,
    )  # fmt: skip


@page(permission="fleet.correct_usage")
def settle(request: PageRequest, aircraft_id: UUID, counter_id: UUID, discrepancy_id: UUID) -> HttpResponse:
    """Say that the total stands although another fact disagrees."""
    counter = reads.find_counter(aircraft_id, counter_id)
    one = discrepancies(counter.aircraft).filter(counter=counter, pk=discrepancy_id).first()
    if one is None:
        raise Missing("This discrepancy is settled already, or was removed by a correction.")
    form = ReasonForm(typed(request))
    text = (
        "The total stands, and the other value is taken to be wrong. If a flight or the reading itself is wrong, "
        "correct that one instead: then this settles by itself."
    )
    return _answer(
        request, counter, form, "Let the total stand",
        lambda: settle_discrepancy(one, reason=form.cleaned_data["reason"], acting_user=request.actor), text,
    )  # fmt: skip


def _entry(counter: Counter, entry_id: UUID) -> UsageEntry:
    rows = UsageEntry.objects.filter(counter=counter, superseded_at=None).exclude(kind=EntryKind.FLIGHT)
    entry = rows.select_related("counter").filter(pk=entry_id).first()
    if entry is None:
        raise Missing("This entry does not exist on this counter, or was corrected or withdrawn already.")
    return entry


def _answer(
    request: PageRequest, counter: Counter, form: Form, verb: str, act: Callable[[], object], text: str,
    *, danger: bool = False, withdraw_href: str = "",
) -> HttpResponse:  # fmt: skip
    """Show the form, or do it and go to the counter, saying what changed. A preview only says what would."""
    if is_preview(request):
        return consequences(request, form, act)
    if form.is_valid():
        before = counter.total
        with refusals_on(form):
            act()
            counter.refresh_from_db(fields=["total"])
            messages.success(request, _told(counter, before))
            return redirect("fleet:counter", counter.aircraft_id, counter.pk)
    context = {
        "counter": counter, "aircraft": counter.aircraft, "verb": verb, "text": text, "danger": danger,
        "withdraw_href": withdraw_href,
    }  # fmt: skip
    return show_form(request, "fleet/usage_form.html", form, context)


def _told(counter: Counter, before: int | None) -> str:
    if counter.total is None:
        return f"Recorded. The total of {counter.name} is unknown now."
    now = formats.quantity_of(counter, counter.total)
    if before is None:
        return f"Recorded. {counter.name} stands at {now}."
    if before == counter.total:
        return f"Recorded. {counter.name} still stands at {now}."
    return f"Recorded. {counter.name} went from {formats.quantity_of(counter, before)} to {now}."
