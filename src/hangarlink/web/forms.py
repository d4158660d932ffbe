"""Forms of the trade: fields that take what people type, and refusals put where they belong."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date

from hangarlink.platform.errors import NotPermitted, Refused
from hangarlink.platform.quantities import BadQuantity, Unit, parse_quantity
from hangarlink.web import formats

_MOMENTS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d %b %Y %H:%M")


class Form(forms.Form):
    """The base of every form. Browsers do not check it (templates say `novalidate`): our sentences help more."""

    required_css_class = "required"
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


@contextmanager
def refusals_on(form: forms.Form, names: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run an action; what it refuses becomes a message at the form's field and nothing it did remains.

    names  field of the refusal -> field of the form, where they differ

        if form.is_valid():
            with refusals_on(form):
                aircraft = add_aircraft(..., acting_user=request.actor)
                return redirect(...)
        return show_form(request, "fleet/aircraft_form.html", form)
    """
    try:
        with transaction.atomic():
            yield
    except NotPermitted:
        raise
    except Refused as refused:
        field = (names or {}).get(refused.field, refused.field)
        form.add_error(field if field in form.fields else None, ValidationError(str(refused)))


class QuantityField(forms.CharField):
    """Hours (4812.3 or 4812:18) or a count, to whole seconds or counts. Refuses what cannot be kept exactly."""

    def __init__(self, *, unit: Unit, unit_label: str = "", **kwargs: Any) -> None:
        self.unit = unit
        self.unit_label = unit_label or ("h" if unit is Unit.SECONDS else "")
        mode = "decimal" if unit is Unit.SECONDS else "numeric"
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off", "class": "num"}))
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Any:
        """An int; None for an empty optional field."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_quantity(text, self.unit, field=str(self.label or "value"))
        except BadQuantity as bad:
            raise ValidationError(str(bad)) from bad

    def prepare_value(self, value: Any) -> Any:
        """A stored amount shows as it would be typed."""
        if isinstance(value, formats.Quantity):
            return str(value)
        return value


class DayField(forms.Field):
    """A date. One that does not exist is named."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        try:
            day = parse_date(str(value).strip())
        except ValueError:
            raise ValidationError(f"{value} is not a date that exists.") from None
        if day is None:
            raise ValidationError(f"{value} is not a date. Write it as 2026-03-14.")
        return day


class MomentField(forms.Field):
    """A moment in UTC, to the minute. Never read in another zone."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        kwargs.setdefault("widget", widget)
        super().__init__(**kwargs)

    unit_label = "UTC"

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        text = str(value).strip().removesuffix("Z").strip()
        for pattern in _MOMENTS:
            try:
                return datetime.strptime(text, pattern).replace(tzinfo=UTC)
            except ValueError:
                continue
        raise ValidationError(f"{value} is not a moment that exists. Write it as 2026-03-14 09:12, in UTC.")

    def prepare_value(self, value: Any) -> Any:
        """Django would turn an aware moment into the current zone; the page says UTC, so it is UTC."""
        return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value


class ReasonField(forms.CharField):
    """Why something recorded is changed. Kept for ever, so it is asked for."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Reason")
        kwargs.setdefault("help_text", "Kept with the old and new values, your name and the time.")
        super().__init__(max_length=300, **kwargs)


def show_form(
    request: HttpRequest, template: str, form: forms.Form, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The form's page: 200 when it is fresh, 422 when something in it was refused, with what was typed still there."""
    return render(request, template, {**(context or {}), "form": form}, status=422 if form.is_bound else 200)
