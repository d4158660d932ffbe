"""Money in forms."""

from typing import Any

from django import forms


class MoneyField(forms.CharField):
    """An amount as people write it. It is read by parse_money once the currency is known, never as a float."""

    unit_label = ""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "num"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(max_length=40, **kwargs)
