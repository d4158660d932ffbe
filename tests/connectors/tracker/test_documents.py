"""Hostile and half documents: refused whole and with a reason, or read as if nothing had been odd about them."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.connectors.tracker.documents import read_document
from hangarlink.connectors.tracker.profile import Profile, parse_profile, ready_profile
from hangarlink.connectors.tracker.reading import needed_columns, read_items
from hangarlink.integration.contract import DueItem, DueStatus, Malformed, PartnerError, TermKind, Unreadable
from hangarlink.sandbox.tracker import Shop
from hangarlink.sandbox.tracker.app import BOMB, OUTSIDE
from hangarlink.sandbox.tracker.dialects import DIALECTS

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROFILES = {key: parse_profile(ready_profile(key)) for key in ("camp", "traxxall", "veryon", "cmp")}
HOUR = 3600


def shop() -> Shop:
    return Shop.demo(clock=lambda: NOW)


def read(content: bytes, profile: Profile) -> tuple[list[DueItem], list[Unreadable]]:
    source = profile.due_items
    assert source is not None
    document = read_document(content, source, needed_columns(source, profile.identity))
    return read_items(document, profile, as_of=NOW)


def written(key: str, **frame: object) -> bytes:
    return DIALECTS[key].due_list(shop(), shop().listed(), **frame)


def cmp_lines(*rows: Sequence[str], head: Sequence[str] | None = None, sign: str = ",", end: bool = True) -> bytes:
    lines = [sign.join(one) for one in (head or DIALECTS["cmp"].HEAD, *rows)]  # type: ignore[attr-defined]
    return ("\r\n".join([*lines, *([f"END{sign}{len(rows)}"] if end else [])]) + "\r\n").encode()


ROW = ("OY-HLD", "1577", "05-20", "Check", "05", "", "4824.70", "12.40", "", "", "04/01/2026", "C", "03/01/2026 12:00")


@pytest.mark.parametrize("key", sorted(PROFILES))
def test_every_dialect_says_the_same(key: str) -> None:
    items, unreadable = read(written(key), PROFILES[key])
    assert unreadable == []
    found = {(one.aircraft.registration, one.reference): one for one in items}
    assert len(found) == 7
    inspection = found["OY-HLD", "05-20-10"]
    (term,) = inspection.terms
    assert (term.kind, term.due_at, term.remaining) == (TermKind.HOURS, 17_368_920, 44_640), "4824.7 h, 12.4 h left"
    assert (inspection.title, inspection.ata, inspection.status) == ("300 FH inspection", "05", DueStatus.DUE_SOON)
    assert inspection.as_of == NOW
    over = found["OY-HLA", "AD 2020-21-22"]
    assert over.terms[0].remaining == -11_520
    assert over.status is DueStatus.OVERDUE
    propeller = found["OY-HLD", "61-10-02"]
    assert propeller.serial_number == "HC-77"
    assert {term.kind for term in propeller.terms} == {TermKind.HOURS, TermKind.DATE}
    vests = found["OY-HLD", "25-60-01"]
    assert vests.terms[0].due_at == date(2026, 3, 13)
    strict = PROFILES[key].identity == "registration_and_serial"
    assert inspection.aircraft.serial_number == ("1577" if strict else "")


@pytest.mark.parametrize(
    "content", [BOMB, OUTSIDE, "<!DOCTYPE x><dueList/>", '<!DOCTYPE x SYSTEM "http://127.0.0.1/x"><x/>']
)
def test_xml_with_a_document_type_is_refused(content: str) -> None:
    with pytest.raises(Malformed, match="document type"):
        read(content.encode(), PROFILES["camp"])


@pytest.mark.parametrize("key", sorted(PROFILES))
@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_half_a_file_is_refused(key: str, part: float) -> None:
    content = written(key)
    with pytest.raises(Malformed):
        read(content[: int(len(content) * part)], PROFILES[key])


def test_half_a_file_without_closing_line_is_refused_in_mid_line() -> None:
    text = ready_profile("cmp").replace('[due_items.csv]\ndelimiter = "auto"\ntrailer = "END"', "")
    profile = parse_profile(text)
    whole = cmp_lines(ROW, ROW, end=False)
    assert len(read(whole, profile)[0]) == 1
    with pytest.raises(Malformed, match="middle of a line"):
        read(whole[:-30], profile)


def test_the_closing_line_must_count_right() -> None:
    content = cmp_lines(ROW).replace(b"END,1", b"END,2")
    with pytest.raises(Malformed, match="says 2 rows"):
        read(content, PROFILES["cmp"])


def test_the_stated_count_must_be_right() -> None:
    with pytest.raises(Malformed, match="says it holds 8"):
        read(written("camp").replace(b'count="7"', b'count="8"'), PROFILES["camp"])


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_delimiters_are_found_by_the_columns(sign: str) -> None:
    assert len(read(cmp_lines(ROW, sign=sign), PROFILES["cmp"])[0]) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_byte_order_marks_win(encoding: str) -> None:
    row = [*ROW]
    row[3] = "Prüfung Ø"
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    content = mark + cmp_lines(row).decode().encode(encoding)
    (item,), _ = read(content, PROFILES["cmp"])
    assert item.title == "Prüfung Ø"


def test_mixed_encodings_are_refused_and_the_line_is_named() -> None:
    content = cmp_lines(ROW, [*ROW[:3], "Pr\u00fcfung", *ROW[4:]]).decode().encode("cp1252")
    with pytest.raises(Malformed, match="Line 3 holds bytes that are not utf-8"):
        read(content, PROFILES["cmp"])
    latin = parse_profile(ready_profile("cmp").replace('trailer = "END"', 'trailer = "END"\nencoding = "cp1252"', 1))
    assert len(read(cmp_lines([*ROW[:3], "Pr\u00fcfung", *ROW[4:]]).decode().encode("cp1252"), latin)[0]) == 1


def test_columns_in_another_order_and_case() -> None:
    head = DIALECTS["cmp"].HEAD  # type: ignore[attr-defined]
    content = cmp_lines(tuple(reversed(ROW)), head=[f" {name.upper()} " for name in reversed(head)])
    content = content.replace(b"END,1", b"END,1")
    (item,), unreadable = read(content, PROFILES["cmp"])
    assert (item.reference, item.terms[0].remaining, unreadable) == ("05-20", 44_640, [])


def test_a_missing_or_doubled_column_is_named() -> None:
    head = [*DIALECTS["cmp"].HEAD]  # type: ignore[attr-defined]
    with pytest.raises(Malformed, match="no column 'Rem Hours'"):
        read(cmp_lines(ROW, head=["Left" if name == "Rem Hours" else name for name in head]), PROFILES["cmp"])
    with pytest.raises(Malformed, match="named 'tail'"):
        read(cmp_lines(ROW, head=["Tail" if name == "ATA" else name for name in head]), PROFILES["cmp"])


def test_a_ragged_line_refuses_the_file() -> None:
    with pytest.raises(Malformed, match="Line 3 has 12 cells"):
        read(cmp_lines(ROW, ROW[:-1]), PROFILES["cmp"])


@pytest.mark.parametrize("content", [b"PK\x03\x04zip", b"\x1f\x8bgz", b"7z\xbc\xaf'\x1c", b"BZh9"])
def test_archives_are_not_unpacked(content: bytes) -> None:
    with pytest.raises(Malformed, match="archive"):
        read(content, PROFILES["cmp"])


def test_one_bad_record_does_not_spoil_the_others() -> None:
    bad = [*ROW]
    bad[2], bad[10] = "BAD", "02/30/2026"
    items, (unreadable,) = read(cmp_lines(ROW, bad), PROFILES["cmp"])
    assert len(items) == 1
    assert "02/30/2026" in unreadable.reason
    assert unreadable.external_id == "OY-HLD | BAD | "
    assert "OY-HLD" in unreadable.subject


@pytest.mark.parametrize(
    ("place", "said"), [(0, "Tail is empty"), (1, "serial number"), (2, "Code is empty"), (3, "title")]
)
def test_what_an_item_cannot_be_without(place: int, said: str) -> None:
    row = [*ROW]
    row[place] = ""
    items, (unreadable,) = read(cmp_lines(row), PROFILES["cmp"])
    assert items == []
    assert said in unreadable.reason


def test_the_same_row_twice_is_one_and_two_different_of_one_id_are_told() -> None:
    assert len(read(cmp_lines(ROW, ROW), PROFILES["cmp"])[0]) == 1
    other = [*ROW]
    other[7] = "99.00"
    items, (unreadable,) = read(cmp_lines(ROW, other), PROFILES["cmp"])
    assert items[0].terms[0].remaining == 44_640
    assert "same id" in unreadable.reason


def test_decimal_commas_are_refused_until_the_profile_says_so() -> None:
    row = [*ROW]
    row[6], row[7] = "4824,70", "12,40"
    _, (unreadable,) = read(cmp_lines(row, sign=";"), PROFILES["cmp"])
    assert "Due Hours is '4824,70'" in unreadable.reason
    text = ready_profile("cmp").replace('thousands = ","', 'decimal = ","', 1)
    (item,), _ = read(cmp_lines(row, sign=";"), parse_profile(text))
    assert item.terms[0].remaining == 44_640


def test_a_status_nobody_translated_is_unknown() -> None:
    row = [*ROW]
    row[11] = "Fine"
    (item,), _ = read(cmp_lines(row), PROFILES["cmp"])
    assert item.status is DueStatus.UNKNOWN


def test_long_ids_are_cut_and_stay_different() -> None:
    rows = [[*ROW[:2], "T" * 100, "Check", "05", f"{n}" * 40, *ROW[6:]] for n in (1, 2)]
    items, _ = read(cmp_lines(*rows), PROFILES["cmp"])
    assert len({one.external_id for one in items}) == 2
    assert all(len(one.external_id) <= 120 for one in items)


def test_json_numbers_stay_exact() -> None:
    body = {"asOf": NOW.isoformat(), "items": [{"id": 7, "aircraft": {"registration": "OY-HLD"}, "title": "x",
            "remaining": {"hours": 0.1}, "due": {"hours": 1234.1}}]}  # fmt: skip
    (item,), _ = read(json.dumps(body).encode(), PROFILES["traxxall"])
    assert (item.external_id, item.terms[0].remaining, item.terms[0].due_at) == ("7", 360, 4_442_760)


@pytest.mark.parametrize(
    "body",
    ["[]", "{}", '{"items": {}}', '{"items": [], "asOf": "x"}', "NaN", '{"items": [NaN]}', "[" * 100_000, "nul", '"x"'],
)
def test_json_of_another_shape(body: str) -> None:
    with pytest.raises(PartnerError):
        read(body.encode(), PROFILES["traxxall"])


@pytest.mark.parametrize(
    "row", [None, 7, "x", [], {}, {"id": {}}, {"id": "1", "title": ["x"]}, {"id": True, "title": "x"}]
)
def test_json_records_of_another_shape_are_named(row: object) -> None:
    body = json.dumps({"asOf": NOW.isoformat(), "items": [row]})
    items, unreadable = read(body.encode(), PROFILES["traxxall"])
    assert (len(items), len(unreadable)) == (0, 1)


def test_controls_and_halves_of_characters_never_get_through() -> None:
    row = {"id": "a\\u0000b", "aircraft": {"registration": "OY"}, "title": "x"}
    body = json.dumps({"asOf": NOW.isoformat(), "items": [row]}).replace("\\\\u0000", "\\u0000")
    items, unreadable = read(body.encode(), PROFILES["traxxall"])
    assert (len(items), len(unreadable)) == (0, 1)
    body = json.dumps({"asOf": NOW.isoformat(), "items": [{**row, "id": "1", "title": "\ud800"}]})
    assert len(read(body.encode(), PROFILES["traxxall"])[1]) == 1


@given(st.sampled_from(sorted(PROFILES)), st.data())
def test_any_byte_changed_is_read_or_refused_and_never_breaks(key: str, data: st.DataObject) -> None:
    content = bytearray(written(key))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(content), PROFILES[key])
    except PartnerError:
        return
