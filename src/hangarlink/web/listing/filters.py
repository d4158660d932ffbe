"""What narrows a list: a form read from the address, so that a view can be bookmarked and sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model
from django.forms.models import ModelChoiceIterator

from hangarlink.web import formats

if TYPE_CHECKING:
    _ModelChoice = forms.ModelChoiceField[Any]
    _Iterator = ModelChoiceIterator[Any]
else:
    _ModelChoice, _Iterator = forms.ModelChoiceField, ModelChoiceIterator


class Filters(forms.Form):
    """The base: no filters. Add `q = SearchField()`, choices and Chips. A value that makes no sense is ignored."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
            if isinstance(field, ModelChoiceFilter):
                field.fill()

    def chosen(self) -> dict[str, Any]:
        """The filters that are set, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [], False)}

    def chips(self) -> list[forms.BoundField]:
        """Filters drawn as chips."""
        return [self[name] for name, field in self.fields.items() if isinstance(field, Chips)]

    def others(self) -> list[forms.BoundField]:
        """Filters drawn as ordinary inputs."""
        return [self[name] for name, field in self.fields.items() if not isinstance(field, Chips)]


class SearchField(forms.CharField):
    """Free text; `/` puts the cursor here."""

    def __init__(self, placeholder: str = "Filter", **kwargs: Any) -> None:
        attrs = {
            "type": "search",
            "placeholder": placeholder,
            "aria-label": placeholder,
            "data-list-search": "yes",
            "autocomplete": "off",
        }
        super().__init__(max_length=200, widget=forms.TextInput(attrs=attrs), **kwargs)


class Chips(forms.ChoiceField):
    """One of a few, as chips with counts. A choice's value may be a state: then it wears the state's shape."""

    def __init__(self, choices: list[tuple[str, str]], *, every: str = "All", **kwargs: Any) -> None:
        super().__init__(choices=[("", every), *choices], **kwargs)


class _First(_Iterator):
    """As many choices as a person scrolls through."""

    most = 300

    def __iter__(self) -> Iterator[Any]:
        return islice(super().__iter__(), self.most + 1)


class ModelChoiceFilter(_ModelChoice):
    """One row of another table. Filled when a list is asked for: only then there is an account to read in."""

    def __init__(self, model: type[Model], *, every: str, order: str = "name", **kwargs: Any) -> None:
        self.model, self.order = model, order
        super().__init__(queryset=None, empty_label=every, **kwargs)
        self.widget.attrs["aria-label"] = every

    def fill(self) -> None:
        """Read the choices. Of very many only the first are offered; the search finds the others."""
        rows = self.model._default_manager.order_by(self.order)
        self.queryset = rows
        self.iterator = _First


@dataclass(frozen=True)
class Chip:
    """A chip as drawn."""

    value: str
    label: str
    count: int | None
    chosen: bool
    state: str = ""
    shape: str = ""


def chips_of(bound: forms.BoundField, counts: Mapping[str, int] | None) -> list[Chip]:
    """The chips of a field. Without counts none is shown; with them, a chip that counts nothing is left out."""
    field, current = bound.field, str(bound.value() or "")
    pairs: list[tuple[Any, Any]] = list(field.choices) if isinstance(field, Chips) else []  # type: ignore[arg-type]
    chips = (_chip(str(value), str(label), current, counts) for value, label in pairs)
    return [chip for chip in chips if chip.count != 0 or chip.chosen or not chip.value]


def _chip(value: str, label: str, current: str, counts: Mapping[str, int] | None) -> Chip:
    count = None if counts is None else counts.get(value, 0) if value else sum(counts.values())
    shape = formats.STATES[value][1] if value in formats.STATES else ""
    return Chip(value, label, count, value == current, value if shape else "", shape)
