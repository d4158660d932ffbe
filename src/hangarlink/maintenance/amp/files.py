"""Spreadsheet files: xlsx and CSV, written and read. What comes in is a stranger's file."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException

from hangarlink.maintenance.amp.actions.tasks import MOST_TASKS
from hangarlink.maintenance.amp.sheets import COLUMNS, Row
from hangarlink.platform.errors import RuleBroken

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
MOST_BYTES = 5 * 1024 * 1024
# A spreadsheet is a zip archive: five megabytes of it could unfold to gigabytes.
MOST_UNFOLDED = 60 * 1024 * 1024
MOST_COLUMNS = 60
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_xlsx(rows: Iterable[Row]) -> bytes:
    """The rows as a spreadsheet. Text stays text: a cell that begins like a formula is never one."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Tasks")
    head = book.add_format({"bold": True, "bottom": 1})
    quoted = book.add_format({"quote_prefix": True})
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, max(12, len(column) + 2))
        sheet.write_string(0, place, column, head)
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(COLUMNS):
            if text := row.get(column, ""):
                sheet.write_string(line, place, text, quoted if text.startswith(_FORMULA_STARTS) else None)
    book.close()
    return made.getvalue()


def write_csv(rows: Iterable[Row]) -> bytes:
    """The rows as UTF-8 with a mark that spreadsheets look for; cells that begin like a formula are quoted with '."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = [row.get(column, "") for column in COLUMNS]
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in cells])
    return made.getvalue().encode("utf-8-sig")


def read_file(data: bytes, name: str) -> list[tuple[int, Row]]:
    """Rows of an xlsx or CSV file with their line numbers, by column name. Raises RuleBroken naming what is wrong."""
    if len(data) > MOST_BYTES:
        raise RuleBroken(f"{name} has {len(data) // 1024} kB; a programme has at most {MOST_BYTES // 1024} kB.")
    rows = _read_xlsx(data, name) if data.startswith(b"PK") else _read_csv(data, name)
    if not rows:
        raise RuleBroken(f"{name} is empty. The first row names the columns: {', '.join(COLUMNS)}.")
    head = _head(rows[0], name)
    found: list[tuple[int, Row]] = [
        (line, dict(zip(head, cells, strict=False))) for line, cells in enumerate(rows[1:], start=2) if any(cells)
    ]
    if not found:
        raise RuleBroken(f"{name} has no row below its head.")
    if len(found) > MOST_TASKS:
        raise RuleBroken(f"{name} has {len(found)} rows; a programme has at most {MOST_TASKS} tasks.")
    return found


def _head(cells: Sequence[str], name: str) -> list[str]:
    """The columns by their own names, whatever case they are written in. Unknown ones are refused: a misspelled
    "Limit 2" must not lose a limit."""
    known = {column.lower(): column for column in COLUMNS}
    head = [" ".join(cell.split()) for cell in cells]
    while head and not head[-1]:
        head.pop()
    strange = [cell or "(empty)" for cell in head if cell.lower() not in known]
    if strange:
        raise RuleBroken(f"{name}: unknown columns {', '.join(strange)}. Known are {', '.join(COLUMNS)}.")
    if "task" not in {cell.lower() for cell in head}:
        raise RuleBroken(f"{name} has no column Task. The first row names the columns: {', '.join(COLUMNS)}.")
    twice = {cell for cell in head if head.count(cell) > 1}
    if twice:
        raise RuleBroken(f"{name}: the columns {', '.join(sorted(twice))} are there twice.")
    return [known[cell.lower()] for cell in head]


def _read_xlsx(data: bytes, name: str) -> list[list[str]]:
    file = io.BytesIO(data)
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(one.file_size for one in archive.infolist()) > MOST_UNFOLDED:
                raise RuleBroken(f"{name} unfolds to more than {MOST_UNFOLDED // 1024 // 1024} MB.")
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = sheet.iter_rows(max_row=MOST_TASKS + 2, max_col=MOST_COLUMNS, values_only=True)
        return [[_cell(value) for value in line] for line in lines]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, IndexError) as error:
        raise RuleBroken(f"{name} is not a spreadsheet that can be read: {error}.") from None


def _read_csv(data: bytes, name: str) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RuleBroken(f"{name} is neither an xlsx file nor UTF-8 text. Save it as xlsx or as CSV (UTF-8).") from None
    if "\x00" in text:
        raise RuleBroken(f"{name} is neither an xlsx file nor text.")
    first = text.split("\n", 1)[0]
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ","))
    except csv.Error as error:
        raise RuleBroken(f"{name} is not a CSV file that can be read: {error}.") from None
    return [[_unquoted(cell.strip()) for cell in row[:MOST_COLUMNS]] for row in rows[: MOST_TASKS + 2]]


def _unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_STARTS) else cell


def _cell(value: Any) -> str:
    """What a person sees in the cell."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
