"""A list as a spreadsheet. Text stays text: a cell that begins like a formula is never one."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone

from hangarlink.platform.money import Money
from hangarlink.web import formats
from hangarlink.web.listing.columns import Column

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL = 32_767


def spreadsheet(name: str, columns: Sequence[Column[Any]], rows: Iterable[Any]) -> FileResponse:
    """The rows as an xlsx file, written row by row to disk so that a long list needs no memory.

    Moments are UTC; hours are decimal hours with two decimals, whatever their counter's display.
    """
    file = TemporaryFile(prefix="export-")  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("List")
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "hours": book.add_format({"num_format": "0.00"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "quoted": book.add_format({"quote_prefix": True}),
    }
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, max(12, len(column.label) + 2))
        sheet.write_string(0, place, column.label, looks["head"])
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            _write(sheet, line, place, column.value(row), looks)
    book.close()
    file.seek(0)
    day = timezone.now().astimezone(UTC).date()
    return FileResponse(file, as_attachment=True, filename=f"{name}-{day.isoformat()}.xlsx", content_type=MEDIA_TYPE)


def _write(sheet: Any, line: int, place: int, value: Any, looks: dict[str, Any]) -> None:
    match value:
        case None | "":
            return
        case bool():
            sheet.write_string(line, place, "Yes" if value else "No")
        case datetime():
            sheet.write_datetime(line, place, value.astimezone(UTC).replace(tzinfo=None), looks["moment"])
        case date():
            sheet.write_datetime(line, place, value, looks["date"])
        case formats.Quantity():
            number = value.number()
            sheet.write_number(line, place, number, looks["hours"] if isinstance(number, Decimal) else None)
        case Money():
            sheet.write_number(line, place, value.decimal(), looks["money"])
        case int() | Decimal():
            sheet.write_number(line, place, value)
        case _:
            text = str(value)[:_LONGEST_CELL]
            sheet.write_string(line, place, text, looks["quoted"] if text.startswith(_FORMULA_STARTS) else None)
