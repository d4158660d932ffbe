"""The example of docs/integrator/tracker-profiles.md, word for word: what is written there is what happens."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

from defusedxml.ElementTree import fromstring

from hangarlink.connectors.tracker.documents import read_document
from hangarlink.connectors.tracker.profile import parse_profile
from hangarlink.connectors.tracker.reading import needed_columns, read_items
from hangarlink.connectors.tracker.writing import document, totals_row
from tests.connectors.tracker.test_writing import totals

PAGE = Path(__file__).parents[3] / "docs/integrator/tracker-profiles.md"


def blocks() -> list[str]:
    return re.findall(r"^```\w*\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def test_the_worked_example() -> None:
    table, text, sent, *_ = blocks()
    profile = parse_profile(text)
    assert profile.due_items is not None
    assert profile.totals is not None
    needed = needed_columns(profile.due_items, profile.identity)
    read = read_document(table.encode("cp1252"), profile.due_items, needed)
    (inspection, vests), unreadable = read_items(read, profile, as_of=datetime.now(UTC))
    assert not unreadable
    assert (inspection.terms[0].due_at, inspection.terms[0].remaining) == (17_368_920, 44_640)
    assert vests.terms[0].due_at == date(2026, 3, 13)
    assert {one.as_of for one in (inspection, vests)} == {datetime(2026, 3, 1, 5, tzinfo=UTC)}
    written = fromstring(document([totals_row(totals(), profile.totals, profile.identity)], profile.totals))
    expected = fromstring(sent)
    assert [(one.tag, (one.text or "").strip()) for one in written.iter()] == [
        (one.tag, (one.text or "").strip()) for one in expected.iter()
    ]
