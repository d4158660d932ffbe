"""A row of a long table as a choice in a form: the first few hundred are offered, and the chosen one wherever it is."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.db.models import Case, Model, QuerySet, Value, When
from django.forms.models import ModelChoiceIterator

if TYPE_CHECKING:
    _ModelChoice = forms.ModelChoiceField[Any]
    _Iterator = ModelChoiceIterator[Any]
else:
    _ModelChoice, _Iterator = forms.ModelChoiceField, ModelChoiceIterator

# As many as a person scrolls through; whoever is not among them is begun from their own page.
MOST = 300


class _First(_Iterator):
    def __iter__(self) -> Iterator[Any]:
        return islice(super().__iter__(), MOST + 1)


class LongChoiceField(_ModelChoice):
    """Fill it with `offer` when the form is made. Any row of the offered ones is taken, also one that is not drawn."""

    iterator = _First

    def __init__(self, *, empty_label: str, **kwargs: Any) -> None:
        super().__init__(queryset=None, empty_label=empty_label, **kwargs)


def offer(form: forms.Form, name: str, rows: "QuerySet[Any]", *order: str) -> None:
    """Give a field its choices: the chosen one first, then the others in this order."""
    field = form.fields[name]
    if not isinstance(field, LongChoiceField):
        raise TypeError(f"{name} is no LongChoiceField.")
    chosen = _id_of(form[name].value())
    if chosen is not None:
        first = Case(When(pk=chosen, then=Value(0)), default=Value(1))
        field.queryset = rows.order_by(first, *order)
    else:
        field.queryset = rows.order_by(*order)


def _id_of(value: Any) -> UUID | None:
    if isinstance(value, Model):
        value = value.pk
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        return None
