"""Documents of a partner, JSON, XML or CSV, as raw records that can be asked for a name; and everything that is wrong
with one: half a file, another format, a bomb. Nothing here knows what the names mean.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from hangarlink.connectors.tracker.profile import Csv, DueItems, Format
from hangarlink.integration.contract import Malformed

MOST_RECORDS = 50_000
MOST_CELLS = 500
LONGEST_CELL = 10_000
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")


class Raw(Protocol):
    """A record as it came."""

    def get(self, name: str) -> object:
        """What stands under a path or column: a text, a number, or None where nothing is."""
        ...


@dataclass(frozen=True)
class Document:
    """The records of a document, and what its frame says."""

    records: Sequence[Raw]
    frame: Raw


class JsonRaw:
    """A JSON object; a path walks into objects."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def get(self, name: str) -> object:
        found = walk(self._value, name)
        return None if isinstance(found, dict | list) else found


class XmlRaw:
    """An element; a path walks into children by name, whatever their namespace, and ends in a text or @attribute."""

    def __init__(self, element: Element) -> None:
        self._element = element

    def get(self, name: str) -> object:
        element: Element | None = self._element
        for step in name.split("/"):
            if element is None:
                return None
            if step.startswith("@"):
                return element.attrib.get(step[1:])
            element = next((child for child in element if _local(child) == step), None)
        return None if element is None or len(element) else element.text


class CsvRaw:
    """A line of a table; a name is a column, in any case and without the blanks around it."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells

    def get(self, name: str) -> object:
        return self._cells.get(name.strip().casefold())


def read_document(content: bytes, source: DueItems, needed: Sequence[str]) -> Document:
    """The records that the profile's section describes. Raises Malformed where the document is not whole.

    needed  columns that a table must have, whatever their order
    """
    if content.startswith(_ARCHIVES):
        raise Malformed("The partner sent a compressed archive. Archives are not unpacked; ask for the plain file.")
    if source.format is Format.CSV:
        return _csv(content, source.csv, needed)
    document = _json(content, source) if source.format is Format.JSON else _xml(content, source)
    stated = document.frame.get(source.count) if source.count else None
    if source.count and str(stated).strip() != str(len(document.records)):
        raise Malformed(f"The document says it holds {str(stated)[:20]} records and holds {len(document.records)}.")
    return _bounded(document)


def read_frame(content: bytes, format: Format) -> Raw:
    """The frame of an answer: of a proof, of a reply."""
    return JsonRaw(json_of(content)) if format is Format.JSON else XmlRaw(xml_of(content))


def json_of(content: bytes) -> Any:
    """JSON with exact numbers. Raises Malformed."""
    try:
        return json.loads(decoded(content, "utf-8"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Malformed("The document is not JSON, or only part of it.", detail=type(error).__name__) from None


def xml_of(content: bytes) -> Element:
    """XML without a document type: no entities to expand, nothing to fetch. Raises Malformed."""
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise Malformed("The document declares a document type or entities. That is refused: send plain XML.") from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise Malformed("The document is not XML, or only part of it.", detail=str(error)[:200]) from None
    return root


def decoded(content: bytes, encoding: str) -> str:
    """The text. A byte-order mark wins; bytes that do not fit the encoding are refused, never replaced."""
    for mark, named in _BOMS:
        if content.startswith(mark):
            encoding = named
            break
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        said = f"Line {line} holds bytes that are not {encoding}. Set csv.encoding in the profile to the partner's."
        raise Malformed(said) from None
    if "\0" in text:
        raise Malformed(f"The document holds zero characters: it is binary, or in another encoding than {encoding}.")
    return text


def walk(value: Any, path: str) -> Any:
    for step in path.split("/"):
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def _json(content: bytes, source: DueItems) -> Document:
    root = json_of(content)
    rows = walk(root, source.records) if source.records else root
    if not isinstance(rows, list):
        raise Malformed(f"The document has no list under {source.records or 'its top'}.")
    return Document([JsonRaw(row) for row in rows], JsonRaw(root))


def _xml(content: bytes, source: DueItems) -> Document:
    root = xml_of(content)
    *outer, last = (source.records or "").split("/")
    frame: Element | None = root
    for step in outer:
        frame = None if frame is None else next((child for child in frame if _local(child) == step), None)
    if frame is None:
        raise Malformed(f"The document has no {'/'.join(outer)}.")
    return Document([XmlRaw(child) for child in frame if _local(child) == last], XmlRaw(root))


def _csv(content: bytes, how: Csv, needed: Sequence[str]) -> Document:
    text = decoded(content, how.encoding).removeprefix("\ufeff")
    if not text.strip():
        raise Malformed("The file is empty. A list without items still has its line of column names.")
    delimiter = _delimiter(text, how, needed)
    lines = _lines(text, delimiter)
    heads = [cell.strip().casefold() for cell in next(lines, [])]
    _check_heads(heads, needed)
    rows = [line for line in lines if any(cell.strip() for cell in line)]
    if how.trailer:
        rows = _without_trailer(rows, how.trailer)
    elif not text.endswith(("\n", "\r")) and rows and len(rows[-1]) < len(heads):
        raise Malformed("The file ends in the middle of a line: it is still being written. It is read again later.")
    if ragged := next((n for n, row in enumerate(rows, 2) if len(row) != len(heads)), None):
        found = len(rows[ragged - 2])
        raise Malformed(f"Line {ragged} has {found} cells and the head has {len(heads)}. The file is not read.")
    return _bounded(Document([CsvRaw(dict(zip(heads, row, strict=True))) for row in rows], CsvRaw({})))


def _delimiter(text: str, how: Csv, needed: Sequence[str]) -> str:
    """The one that gives the columns we need; the head tells, numbers with commas do not mislead it."""
    if how.delimiter != "auto":
        return how.delimiter
    head = text.splitlines()[0]
    wanted = {name.casefold() for name in needed}

    def hits(sign: str) -> int:
        try:
            cells = next(csv.reader([head], delimiter=sign), [])
        except csv.Error:
            return 0
        return len(wanted & {cell.strip().casefold() for cell in cells})

    return max((",", ";", "\t", "|"), key=hits)


def _lines(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise Malformed(f"The file is not a table, or only part of one: {error}.") from None


def _check_heads(heads: Sequence[str], needed: Sequence[str]) -> None:
    if len(heads) > MOST_CELLS:
        raise Malformed(f"The table has {len(heads)} columns; at most {MOST_CELLS} are read.")
    if lacking := [name for name in needed if name.casefold() not in heads]:
        raise Malformed(
            f"The table has no column {' and no column '.join(map(repr, lacking[:5]))}. Its head: {heads[:20]}"
        )
    if twice := sorted({name for name in heads if name and heads.count(name) > 1}):
        raise Malformed(f"Two columns are named {twice[0]!r}: nobody can tell which one is meant.")


def _without_trailer(rows: list[list[str]], word: str) -> list[list[str]]:
    """The rows before the closing line, which holds the word and how many rows there are."""
    if not rows or rows[-1][0].strip() != word:
        raise Malformed(f"The file does not end with its {word} line: it is still being written, or was cut off.")
    body, stated = rows[:-1], "".join(rows[-1][1:2]).strip()
    if stated != str(len(body)):
        raise Malformed(f"The {word} line says {stated[:20]} rows, the file holds {len(body)}.")
    return body


def _bounded(document: Document) -> Document:
    if len(document.records) > MOST_RECORDS:
        raise Malformed(f"The document holds {len(document.records)} records; at most {MOST_RECORDS} are read at once.")
    return document


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
