"""Which log feeds which counter, as a form and as a sentence."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from hangarlink.fleet.models import Counter
from hangarlink.integration.datasets.actions import ignore_source, map_counter, unmap_counter
from hangarlink.integration.datasets.mapping import FLIGHTS, LANDINGS
from hangarlink.integration.datasets.queries import Matched, Source
from hangarlink.platform.people.permissions import Actor
from hangarlink.web.forms import Form

OPEN, IGNORED = "", "ignore"
MEASURES = {
    "decimal_hours": "decimal hours",
    "long_decimal_hours": "decimal hours",
    "hours_minutes": "hours and minutes",
    "timestamp": "hours, minutes and seconds",
}
COUNTED = frozenset({LANDINGS, FLIGHTS})


class MappingForm(Form):
    """A choice per log; ticks for landings and flights, which may feed several counters."""

    def __init__(self, *args: Any, sources: Sequence[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = {f"source{place}": source for place, source in enumerate(sources)}
        for name, source in self.sources.items():
            self.fields[name] = _ticks(source) if source.source in COUNTED else _choice(source)

    def rows(self) -> list[tuple[Source, forms.BoundField, str]]:
        """A source, its field, and what the partner says of it."""
        return [(source, self[name], _said_of(source)) for name, source in self.sources.items()]

    def wanted(self) -> list[tuple[Source, set[UUID], bool]]:
        """A source, the counters it shall feed, and whether it is to be ignored."""
        found = []
        for name, source in self.sources.items():
            value = self.cleaned_data[name]
            chosen = set(value) if source.source in COUNTED else {value} - {OPEN, IGNORED}
            found.append((source, {UUID(one) for one in chosen}, value == IGNORED))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        feeding: dict[UUID, str] = {}
        for name, source in self.sources.items():
            value = cleaned[name]
            for one in value if source.source in COUNTED else {value} - {OPEN, IGNORED}:
                other = feeding.setdefault(UUID(one), source.name)
                if other != source.name:
                    counter = next(str(choice.name) for choice in source.choices if str(choice.pk) == one)
                    self.add_error(
                        name, ValidationError(f"{counter} is fed by {other} already. A counter has one source.")
                    )
        return cleaned


def save_mapping(row: Matched, form: MappingForm, *, acting_user: Actor) -> None:
    """Make the mapping what the form says; what stands already is left alone."""
    for source, counters, is_ignored in form.wanted():
        fed = {one.counter.pk: one.counter for one in source.fed}
        choices = {counter.pk: counter for counter in source.choices}
        for pk in counters - fed.keys():
            map_counter(row.link, source.source, choices[pk], acting_user=acting_user)
        if is_ignored and not source.is_ignored:
            ignore_source(row.link, source.source, acting_user=acting_user)
        elif not is_ignored:
            _let_go(row, source, [fed[pk] for pk in fed.keys() - counters], acting_user)


def sentence_of(row: Matched) -> str:
    """What a flight on this aircraft adds, in words; empty for one that is not linked."""
    if row.aircraft is None:
        return ""
    parts = [
        f"{_amount(source)} to {_and([one.counter.name for one in source.fed])}" for source in row.sources if source.fed
    ]
    said = [f"A flight adds {_and(parts)}." if parts else "A flight adds nothing: no counter is fed."]
    left_out = [source.name for source in row.sources if source.is_open]
    if left_out:
        said.append(f"{_and(left_out)} {'is' if len(left_out) == 1 else 'are'} not mapped.")
    if row.unfed:
        said.append(f"Nothing feeds {_and([counter.name for counter in row.unfed])}.")
    return " ".join(said)


def _let_go(row: Matched, source: Source, gone: Sequence[Counter], acting_user: Actor) -> None:
    for counter in gone:
        # A counter that another source took over is not this one's to let go.
        if row.link.mappings.filter(source=source.source, counter_id=counter.pk).exists():
            unmap_counter(row.link, counter, acting_user=acting_user)


def _choice(source: Source) -> forms.ChoiceField:
    undecided = "Not decided"
    choices = [
        (OPEN, undecided),
        *((str(c.pk), f"feeds {c.name}") for c in source.choices),
        (IGNORED, "Ignored on purpose"),
    ]
    initial = str(source.fed[0].counter.pk) if source.fed else IGNORED if source.is_ignored else OPEN
    return forms.ChoiceField(label=source.name, choices=choices, required=False, initial=initial)


def _ticks(source: Source) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=source.name,
        required=False,
        choices=[(str(counter.pk), counter.name) for counter in source.choices],
        initial=[str(one.counter.pk) for one in source.fed],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "options"}),
    )


def _said_of(source: Source) -> str:
    if source.source in COUNTED:
        return "touch-downs of a flight" if source.source == LANDINGS else "one for each flight"
    measure = MEASURES.get(source.measure, source.measure)
    return f"{source.slot} log, in {measure}" if source.slot else "no longer among the partner's logs"


def _amount(source: Source) -> str:
    if source.source == FLIGHTS:
        return "one"
    return "its landings" if source.source == LANDINGS else f"its {source.name} time"


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
