"""Forms of the trade: fields that take what people type, and refusals put where they belong."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hangarlink.platform.errors import NotPermitted, Refused
from hangarlink.platform.quantities import BadQuantity, Unit, parse_quantity
from hangarlink.web import formats

F = TypeVar("F", bound=forms.Field)


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


class TimeField(forms.Field):
    """A time of day: 9:12, 09:12, 0912 or 09:12:30."""

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values:
            return None
        text = str(value).strip().removesuffix("Z").replace(".", ":")
        text = f"{text[:-2]}:{text[-2:]}" if text.isdecimal() and len(text) in {3, 4} else text
        for pattern in ("%H:%M", "%H:%M:%S"):
            try:
                return datetime.strptime(text, pattern).replace(tzinfo=UTC).time()
            except ValueError:
                continue
        raise ValidationError(f"{value} is not a time. Write it as 09:12.")


class MomentWidget(forms.MultiWidget):
    """A date and a 24-hour time side by side: the browser's own input would ask for am and pm."""

    # One label names both; a fieldset would give the date no name of its own.
    use_fieldset = False

    def __init__(self) -> None:
        day = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        attrs = {
            "inputmode": "numeric",
            "placeholder": "hh:mm",
            "maxlength": "8",
            "class": "num",
            "autocomplete": "off",
        }
        time = forms.TimeInput(format="%H:%M", attrs={**attrs, "aria-label": "Time, UTC"})
        super().__init__([day, time])

    def decompress(self, value: Any) -> list[Any]:
        """Date and time of a moment, in UTC."""
        if not isinstance(value, datetime):
            return [None, None]
        zulu = value.astimezone(UTC) if value.tzinfo else value
        return [zulu.date(), zulu.time()]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Both inputs in one line."""
        return format_html('<span class="moment-input">{}</span>', super().render(name, value, attrs, renderer))

    def id_for_label(self, id_: str) -> str:
        """The label belongs to the date."""
        return f"{id_}_0" if id_ else id_


class MomentField(forms.MultiValueField):
    """A moment in UTC, to the minute. Never read in another zone."""

    unit_label = "UTC"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(fields=(DayField(), TimeField()), widget=MomentWidget(), **kwargs)

    def compress(self, data_list: Any) -> datetime | None:
        """Both together, or neither."""
        if not any(data_list):
            return None
        if None in data_list:
            raise ValidationError("Give both the date and the time.")
        return datetime.combine(data_list[0], data_list[1], UTC)


class ReasonField(forms.CharField):
    """Why something recorded is changed. Kept for ever, so it is asked for."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Reason")
        kwargs.setdefault("help_text", "Kept with the old and new values, your name and the time.")
        super().__init__(max_length=300, **kwargs)


def field_as(form: forms.Form, name: str, kind: type[F]) -> F:
    """A form's field with its own type, for what the form fills in when it is made."""
    field = form.fields[name]
    if not isinstance(field, kind):
        raise TypeError(f"{name} is a {type(field).__name__}, not a {kind.__name__}.")
    return field


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None when it is only being looked at. Also an empty form is sent when it is posted."""
    return request.POST if request.method == "POST" else None


def show_form(
    request: HttpRequest, template: str, form: forms.Form, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The form's page: 200 when it is fresh, 422 when something in it was refused, with what was typed still there."""
    return render(request, template, {**(context or {}), "form": form}, status=422 if form.is_bound else 200)
