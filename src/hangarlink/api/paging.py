"""Lists in pages. A page goes on behind the last row seen, so rows that come and go meanwhile shift nothing."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from pydantic import Field

from hangarlink.api.errors import sync_failed

DEFAULT_SIZE = 50
LARGEST = 200
PerPage = Annotated[int, Field(ge=1, le=LARGEST)]
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """rows of this page, how many there are in all, and the cursor of the next page (None at the end)."""

    rows: list[M]
    total: int
    next_cursor: str | None

    def link(self, request: HttpRequest) -> dict[str, str]:
        """The Link header (RFC 8288) to the next page: the same query with the next cursor."""
        if self.next_cursor is None:
            return {}
        query = request.GET.copy()
        query["cursor"] = self.next_cursor
        address = request.build_absolute_uri(f"{request.path}?{urlencode(list(_pairs(query)))}")
        return {"Link": f'<{address}>; rel="next"'}


def page_of(rows: QuerySet[M], *order: str, cursor: str | None, size: int) -> Page[M]:
    """One page of these rows in this order.

    order  attributes, the last one unique; all ascending, or all descending with a leading minus
    """
    total = rows.count()
    falling = order[0].startswith("-")
    names = [name.lstrip("-") for name in order]
    wanted = rows.order_by(*order)
    if cursor:
        wanted = wanted.filter(_behind(rows.model, names, _read(rows.model, names, cursor), falling))
    found = list(wanted[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, total, _cursor(found[-1], names) if more else None)


def _behind(model: type[Model], names: list[str], values: list[Any], falling: bool) -> Q:  # noqa: ARG001
    """Rows behind these values: (a, b) > (x, y) spelled as a > x, or a = x and b > y."""
    beyond = "lt" if falling else "gt"
    behind = Q(pk__in=[])
    for position, name in enumerate(names):
        same = Q(**dict(zip(names[:position], values[:position], strict=True)))
        behind |= same & Q(**{f"{name}__{beyond}": values[position]})
    return behind


def _cursor(row: Model, names: list[str]) -> str:
    values = [row._meta.get_field(name).value_to_string(row) for name in names]  # type: ignore[union-attr]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read(model: type[Model], names: list[str], cursor: str) -> list[Any]:
    try:
        texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(texts, list) or not all(isinstance(text, str) and "\x00" not in text for text in texts):
            raise ValueError
        values = [model._meta.get_field(name).to_python(text) for name, text in zip(names, texts, strict=True)]  # type: ignore[union-attr]
    except (ValueError, binascii.Error, ValidationError, RecursionError):
        raise sync_failed(
            "cursor: not a cursor of this list. Take it from next_cursor or from the Link header."
        ) from None
    return values


def _pairs(query: Any) -> Any:
    return ((name, value) for name, values in query.lists() for value in values)
